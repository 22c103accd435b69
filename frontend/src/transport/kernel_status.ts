/** What the front end knows of its connection to the kernel, and of what the kernel is doing. */
import type { AnyModel } from "@anywidget/types";
import { Listeners } from "../kit/listeners";

/** The part of JupyterLab's kernel connection that is used here; other front ends may have less. */
interface Kernel {
  connectionStatus?: string;
  connectionStatusChanged?: Signal<string>;
  iopubMessage?: Signal<KernelMessage>;
}

interface KernelMessage {
  header: { msg_type: string };
  parent_header: { msg_type?: string };
  content: { execution_state?: string };
}

interface Signal<T> {
  connect(slot: (sender: unknown, value: T) => void): void;
  disconnect(slot: (sender: unknown, value: T) => void): void;
}

export class KernelStatus {
  /** Whether the kernel can be reached; true where the front end does not say. */
  connected = true;
  /** Whether it was last heard to run a cell. */
  runsCell = false;
  private readonly changes = new Listeners<[]>();

  /** @param signal stops listening to the kernel */
  constructor({ widget_manager }: Pick<AnyModel, "widget_manager">, signal: AbortSignal) {
    const kernel = (widget_manager as { kernel?: Kernel | null }).kernel ?? {};
    const connection = (_: unknown, status: string) =>
      this.note({ connected: status === "connected" });
    const message = (_: unknown, { header, parent_header, content }: KernelMessage) => {
      // A kernel is busy with comms, too: only cells keep it from answering.
      if (header.msg_type !== "status" || parent_header.msg_type !== "execute_request") return;
      this.note({ runsCell: content.execution_state === "busy" });
    };
    this.connected = (kernel.connectionStatus ?? "connected") === "connected";
    kernel.connectionStatusChanged?.connect(connection);
    kernel.iopubMessage?.connect(message);
    signal.addEventListener("abort", () => {
      kernel.connectionStatusChanged?.disconnect(connection);
      kernel.iopubMessage?.disconnect(message);
    });
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.changes.add(listener, signal);
  }

  private note(news: { connected?: boolean; runsCell?: boolean }): void {
    const { connected, runsCell } = { ...this, ...news };
    if (connected === this.connected && runsCell === this.runsCell) return;
    this.connected = connected;
    this.runsCell = runsCell;
    this.changes.notify();
  }
}
