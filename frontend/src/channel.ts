import type { FrameMessage, KernelMessage, Request } from "./protocol";

/** The frame-carrying comm, as `frame_channel` provides it to the page's other widgets. */
export interface Channel {
  /** False once the kernel is gone; the channel does not come back then. */
  readonly alive: boolean;
  send(message: FrameMessage | Request, buffers?: ArrayBuffer[]): void;
  onMessage(
    listener: (message: KernelMessage, buffers: DataView[]) => void,
    signal: AbortSignal,
  ): void;
  onLost(listener: () => void, signal: AbortSignal): void;
}
