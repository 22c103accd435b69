/** A `Channel` to the comm that the page relays over a port. */
import type { KernelMessage, PageMessage } from "../../generated";
import { Listeners } from "../../kit/listeners";
import type { Channel, Loss } from "../channel";
import type { RelayedDown, RelayedUp } from "../comm_relay";

export class PortChannel implements Channel {
  alive = true;
  private readonly messages = new Listeners<[KernelMessage, DataView[]]>();
  private readonly losses = new Listeners<[Loss]>();

  /** @param signal closes the port */
  constructor(
    private readonly port: MessagePort,
    signal: AbortSignal,
  ) {
    port.onmessage = ({ data }: MessageEvent<RelayedDown>) => {
      if (data.kind === "message") {
        this.messages.notify(data.message, data.buffers);
      } else {
        this.alive = false;
        this.losses.notify(data.loss);
      }
    };
    signal.addEventListener("abort", () => port.close());
  }

  send(message: PageMessage, buffers: ArrayBuffer[] = []): void {
    const up: RelayedUp = { message, buffers };
    if (this.alive) this.port.postMessage(up, buffers);
  }

  onMessage(listener: (message: KernelMessage, buffers: DataView[]) => void, signal: AbortSignal) {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal) {
    this.losses.add(listener, signal);
  }
}
