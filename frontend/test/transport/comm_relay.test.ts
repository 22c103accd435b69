import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import type { Channel, Loss } from "../../src/transport/channel";
import { relay } from "../../src/transport/comm_relay";
import { PortChannel } from "../../src/transport/worker/port_channel";

const PONG: KernelMessage = { kind: "pong", page: "p", owed: [], asked: 1, received: 2, sent: 3 };

let sent: { message: PageMessage; buffers: ArrayBuffer[] }[];
let messages: Listeners<[KernelMessage, DataView[]]>;
let losses: Listeners<[Loss]>;
let ending: AbortController;
/** At the other end, in the worker. */
let channel: PortChannel;
let heard: { message: KernelMessage; buffers: DataView[] }[];

beforeEach(() => {
  sent = [];
  heard = [];
  messages = new Listeners();
  losses = new Listeners();
  ending = new AbortController();
  const comm: Channel = {
    alive: true,
    send: (message, buffers = []) => sent.push({ message, buffers }),
    onMessage: (listener, signal) => messages.add(listener, signal),
    onLost: (listener, signal) => losses.add(listener, signal),
  };
  channel = new PortChannel(relay(comm, ending.signal), ending.signal);
  channel.onMessage((message, buffers) => heard.push({ message, buffers }), ending.signal);
});
afterEach(() => ending.abort());

it("relays messages and buffers both ways, without copies", async () => {
  const jpeg = Uint8Array.of(1, 2, 3).buffer;
  channel.send({ kind: "sample" }, [jpeg]);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.message).toEqual({ kind: "sample" });
  expect(new Uint8Array(sent[0]?.buffers[0] as ArrayBuffer)).toEqual(Uint8Array.of(1, 2, 3));
  expect(jpeg.byteLength).toBe(0);
  const mask = new DataView(Uint8Array.of(4, 5).buffer);
  messages.notify(PONG, [mask]);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.message).toEqual(PONG);
  expect(heard[0]?.buffers[0]?.getUint8(1)).toBe(5);
});

it("relays several views of one buffer", async () => {
  const { buffer } = Uint8Array.of(1, 2, 3, 4);
  messages.notify(PONG, [new DataView(buffer, 0, 2), new DataView(buffer, 2, 2)]);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.buffers.map((each) => [each.byteLength, each.getUint8(0)])).toEqual([
    [2, 1],
    [2, 3],
  ]);
});

it("is lost with the comm, and sends nothing then", async () => {
  const lost: Loss[] = [];
  channel.onLost((loss) => lost.push(loss), ending.signal);
  losses.notify("kernel");
  await vi.waitFor(() => expect(lost).toEqual(["kernel"]));
  expect(channel.alive).toBe(false);
  channel.send({ kind: "sample" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sent).toEqual([]);
});
