/** Widget without a view: makes its comm available to the page. */
import type { AnyModel } from "@anywidget/types";
import type { KernelMessage, PageMessage } from "../generated";
import { Listeners } from "../kit/listeners";
import { provide } from "../kit/page";
import type { Channel, Loss } from "./channel";

interface Traits {
  _key: string;
}

/** The part of JupyterLab's kernel connection that tells of its end. */
interface Kernel {
  statusChanged?: Signal<string>;
  disposed?: Signal<void>;
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

class CommChannel implements Channel {
  alive = true;
  private readonly messages = new Listeners<[KernelMessage, DataView[]]>();
  private readonly losses = new Listeners<[Loss]>();

  constructor(
    private readonly model: AnyModel<Traits>,
    signal: AbortSignal,
  ) {
    model.on("msg:custom", (message: KernelMessage, buffers: DataView[]) =>
      this.messages.call(message, buffers),
    );
    // ipywidgets fires this when it gives up the comms of a restarting kernel.
    (model as { on(name: string, listener: () => void): void }).on("comm_live_update", () =>
      this.lose("kernel"),
    );
    // A kernel that died and restarts by itself is not announced that way.
    const { kernel } = model.widget_manager as { kernel?: Kernel | null };
    const watch = (_: unknown, status: string) => {
      if (["restarting", "autorestarting", "terminating", "dead"].includes(status))
        this.lose("kernel");
    };
    kernel?.statusChanged?.connect(watch);
    // Nor is one that was shut down, or exchanged for another.
    const leave = () => this.lose("kernel");
    kernel?.disposed?.connect(leave);
    signal.addEventListener("abort", () => {
      kernel?.statusChanged?.disconnect(watch);
      kernel?.disposed?.disconnect(leave);
      this.lose("closed");
    });
  }

  send(message: PageMessage, buffers: ArrayBuffer[] = []): void {
    if (this.alive) this.model.send(message, undefined, buffers);
  }

  onMessage(listener: (message: KernelMessage, buffers: DataView[]) => void, signal: AbortSignal) {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal) {
    this.losses.add(listener, signal);
  }

  private lose(loss: Loss): void {
    if (!this.alive) return;
    this.alive = false;
    this.losses.call(loss);
  }
}

export default {
  initialize({ model, signal }: { model: AnyModel<Traits>; signal: AbortSignal }) {
    provide<Channel>(model.get("_key"), new CommChannel(model, signal), signal);
  },
};
