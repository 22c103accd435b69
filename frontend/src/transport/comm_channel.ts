/** A `Channel` on the comm of a model without its own front end. */
import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../kit/listeners";
import type { Channel, Loss } from "./channel";

/** The part of JupyterLab's kernel connection that is used here. */
interface Kernel {
  statusChanged?: Signal<string>;
  disposed?: Signal<void>;
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

export class CommChannel<Sent, Received> implements Channel<Sent, Received> {
  alive: boolean;
  private readonly messages = new Listeners<[Received, DataView[]]>();
  private readonly losses = new Listeners<[Loss]>();

  /** @param signal stops listening to the comm */
  constructor(
    private readonly model: AnyModel,
    signal: AbortSignal,
  ) {
    // A model from the state that a notebook was saved with has no kernel; only ipywidgets' own
    // models say so.
    this.alive = (model as { comm_live?: boolean }).comm_live !== false;
    const receive = (message: Received, buffers: DataView[]) =>
      this.messages.notify(message, buffers);
    const leave = () => this.lose("kernel");
    const close = () => this.lose("closed");
    model.on("msg:custom", receive);
    // ipywidgets fires this when it gives up the comms of a restarting kernel.
    model.on("comm_live_update", leave);
    model.on("destroy", close);
    // It does not fire when a kernel dies and restarts automatically.
    const { kernel } = model.widget_manager as { kernel?: Kernel | null };
    const watch = (_: unknown, status: string) => {
      if (["restarting", "autorestarting", "terminating", "dead"].includes(status))
        this.lose("kernel");
    };
    kernel?.statusChanged?.connect(watch);
    // Nor when it is shut down or replaced.
    kernel?.disposed?.connect(leave);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", receive);
      model.off("comm_live_update", leave);
      model.off("destroy", close);
      kernel?.statusChanged?.disconnect(watch);
      kernel?.disposed?.disconnect(leave);
    });
  }

  send(message: Sent, buffers: ArrayBuffer[] = []): void {
    if (this.alive) this.model.send(message, undefined, buffers);
  }

  onMessage(listener: (message: Received, buffers: DataView[]) => void, signal: AbortSignal) {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal) {
    this.losses.add(listener, signal);
  }

  private lose(loss: Loss): void {
    if (!this.alive) return;
    this.alive = false;
    this.losses.notify(loss);
  }
}
