/** Relays a channel's messages to and from the frame worker, which has no comm of its own. */
import type { KernelMessage, PageMessage } from "../generated";
import type { Channel, Loss } from "./channel";

/** To the kernel. */
export interface RelayedUp {
  message: PageMessage;
  buffers: ArrayBuffer[];
}

/** From the kernel. */
export type RelayedDown =
  | { kind: "message"; message: KernelMessage; buffers: DataView[] }
  | { kind: "lost"; loss: Loss };

/** Relay until the signal aborts; return the other end, for a `PortChannel`. */
export function relay(channel: Channel, signal: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: { message, buffers } }: MessageEvent<RelayedUp>) =>
    channel.send(message, buffers);
  const tell = (down: RelayedDown, transfer: Transferable[]) => port1.postMessage(down, transfer);
  channel.onMessage((message, buffers) => {
    const own = buffers.map(withOwnBuffer);
    tell(
      { kind: "message", message, buffers: own },
      own.map(({ buffer }) => buffer),
    );
  }, signal);
  channel.onLost((loss) => tell({ kind: "lost", loss }, []), signal);
  signal.addEventListener("abort", () => port1.close());
  return port2;
}

/** A view that may be transferred: Jupyter may give several views of one buffer. */
function withOwnBuffer(view: DataView): DataView<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = view as DataView<ArrayBuffer>;
  const whole = byteLength === buffer.byteLength;
  return new DataView(whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength));
}
