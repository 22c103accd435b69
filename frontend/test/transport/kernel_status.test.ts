import { beforeEach, expect, it } from "vitest";
import { KernelStatus } from "../../src/transport/kernel_status";

/** A kernel connection as JupyterLab has it. */
class FakeKernel {
  connectionStatus = "connected";
  readonly slots = { connection: new Set<Slot>(), message: new Set<Slot>() };
  readonly connectionStatusChanged = signal(this.slots.connection);
  readonly iopubMessage = signal(this.slots.message);

  connect(status: string): void {
    for (const slot of this.slots.connection) slot(this, status);
  }

  hear(state: string, of: string): void {
    const message = {
      header: { msg_type: "status" },
      parent_header: { msg_type: of },
      content: { execution_state: state },
    };
    for (const slot of this.slots.message) slot(this, message);
  }
}

type Slot = (sender: unknown, value: unknown) => void;

function signal(slots: Set<Slot>) {
  return {
    connect: (slot: Slot) => slots.add(slot),
    disconnect: (slot: Slot) => slots.delete(slot),
  };
}

let kernel: FakeKernel;
let status: KernelStatus;
let changes: number;
let ending: AbortController;

const watch = (of: unknown) =>
  new KernelStatus({ widget_manager: { kernel: of } as never }, ending.signal);

beforeEach(() => {
  ending = new AbortController();
  kernel = new FakeKernel();
  status = watch(kernel);
  changes = 0;
  status.onChange(() => {
    changes += 1;
  }, ending.signal);
});

it("knows when the connection is lost and found", () => {
  expect(status.connected).toBe(true);
  for (const each of ["connecting", "disconnected", "connecting"]) kernel.connect(each);
  expect([status.connected, changes]).toEqual([false, 1]);
  kernel.connect("connected");
  expect([status.connected, changes]).toEqual([true, 2]);
});

it("knows when a cell runs, whatever else keeps the kernel busy", () => {
  kernel.hear("busy", "comm_msg");
  expect(status.runsCell).toBe(false);
  kernel.hear("busy", "execute_request");
  kernel.hear("idle", "comm_msg");
  expect([status.runsCell, changes]).toEqual([true, 1]);
  kernel.hear("idle", "execute_request");
  expect(status.runsCell).toBe(false);
});

it("takes a front end that says nothing for one with a connection", () => {
  for (const each of [undefined, null, {}]) expect(watch(each).connected).toBe(true);
});

it("listens no longer than it is asked to", () => {
  ending.abort();
  expect([kernel.slots.connection.size, kernel.slots.message.size]).toEqual([0, 0]);
});
