import type { KernelMessage, PageMessage } from "../generated";

/** Why a channel was lost: its kernel ended, or Python closed it. */
export type Loss = "kernel" | "closed";

/** What carries messages between page and kernel, by default those about frames. */
export interface Channel<Sent = PageMessage, Received = KernelMessage> {
  /** False once it is lost; it does not come back. */
  readonly alive: boolean;
  send(message: Sent, buffers?: ArrayBuffer[]): void;
  onMessage(listener: (message: Received, buffers: DataView[]) => void, signal: AbortSignal): void;
  onLost(listener: (loss: Loss) => void, signal: AbortSignal): void;
}
