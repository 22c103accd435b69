import type { KernelMessage, PageMessage } from "../generated";

/** Why a channel ended: with its kernel, or because Python closed it. */
export type Loss = "kernel" | "closed";

/** The frame-carrying comm, as `frame_channel` provides it to the page's other widgets. */
export interface Channel {
  /** False once it is lost; it does not come back. */
  readonly alive: boolean;
  send(message: PageMessage, buffers?: ArrayBuffer[]): void;
  onMessage(
    listener: (message: KernelMessage, buffers: DataView[]) => void,
    signal: AbortSignal,
  ): void;
  onLost(listener: (loss: Loss) => void, signal: AbortSignal): void;
}
