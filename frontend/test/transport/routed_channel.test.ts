import { beforeEach, describe, expect, it, vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import type { Channel, Loss } from "../../src/transport/channel";
import { RoutedChannel } from "../../src/transport/worker/routed_channel";
import { FakeWebSocket, fakeWebSockets, lastSocket } from "./fake_web_socket";

const ADDRESS = { socket: "ws://lab/link", question: "http://lab/link", headers: { a: "b" } };
const NEXT: PageMessage = { kind: "next", page: "p", video: 1, frame: 1, begin_at: null };
const CLOSE: PageMessage = { kind: "close", page: "p", video: 1 };
const EXPIRED: KernelMessage = { kind: "expired", page: "p", frame: 1 };

class FakeComm implements Channel {
  alive = true;
  readonly sent: PageMessage[] = [];
  readonly messages = new Listeners<[KernelMessage, DataView[]]>();
  private readonly losses = new Listeners<[Loss]>();

  send(message: PageMessage): void {
    this.sent.push(message);
  }

  onMessage(listener: (message: KernelMessage, buffers: DataView[]) => void, signal: AbortSignal) {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal) {
    this.losses.add(listener, signal);
  }

  lose(): void {
    this.alive = false;
    this.losses.notify("kernel");
  }
}

/** Answer questions about a link; return those that are asked. */
function answer(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const text = body === undefined ? "<html>" : JSON.stringify(body);
  const fetch = vi.fn(async () => new Response(text, { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

/** Let promises settle. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("RoutedChannel", () => {
  let comm: FakeComm;
  let channel: RoutedChannel;
  let ending: AbortController;
  let switches: number;

  beforeEach(() => {
    fakeWebSockets();
    comm = new FakeComm();
    ending = new AbortController();
    channel = new RoutedChannel(comm, ADDRESS, "p", ending.signal);
    switches = 0;
    channel.onSwitch(() => {
      switches += 1;
    }, ending.signal);
  });

  it("goes through the comm until the link is open, and then directly", () => {
    expect(channel.way).toEqual({ kind: "jupyter", why: "the direct link is being opened" });
    channel.send(NEXT);
    lastSocket().open();
    channel.send(CLOSE);
    expect(channel.way).toEqual({ kind: "direct" });
    expect(switches).toBe(1);
    expect(comm.sent).toEqual([NEXT]);
    expect(lastSocket().sent.slice(1)).toEqual([CLOSE]);
  });

  it("hears both", () => {
    const heard: string[] = [];
    channel.onMessage(({ kind }) => heard.push(kind), ending.signal);
    lastSocket().open();
    lastSocket().deliver(EXPIRED);
    comm.messages.notify({ kind: "sample" }, []);
    expect(heard).toEqual(["pong", "expired", "sample"]);
  });

  it("returns to the comm at once when the link is cut, and says so", () => {
    lastSocket().open();
    lastSocket().cut();
    expect(channel.way).toEqual({ kind: "jupyter", why: "the direct link was cut" });
    expect(switches).toBe(2);
    channel.send(NEXT);
    expect(comm.sent).toEqual([NEXT]);
  });

  it("sends directly, too, what may wait on the comm for a cell to end", () => {
    channel.send(CLOSE);
    channel.send(NEXT);
    lastSocket().open();
    expect(comm.sent).toEqual([CLOSE, NEXT]);
    expect(lastSocket().sent.slice(1)).toEqual([CLOSE]);
  });

  it("sends again what may be lost with the link, but nothing about frames", () => {
    lastSocket().open();
    channel.send({ kind: "keep_alive", page: "p", video: 1 });
    lastSocket().answer();
    vi.advanceTimersByTime(11_000);
    channel.send(NEXT);
    channel.send(CLOSE);
    lastSocket().cut();
    expect(comm.sent).toEqual([CLOSE]);
  });

  it("opens the link again after pauses that double up to 30 s", async () => {
    answer(200, { why: null });
    lastSocket().open();
    lastSocket().cut();
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const count = FakeWebSocket.all.length;
      await vi.advanceTimersByTimeAsync(1000 * seconds - 1);
      expect(FakeWebSocket.all.length).toBe(count);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeWebSocket.all.length).toBe(count + 1);
      lastSocket().cut();
      await settle();
    }
  });

  it("does not hurry to open a link again that never lasts", async () => {
    for (const seconds of [1, 2, 4]) {
      lastSocket().open();
      lastSocket().cut();
      const count = FakeWebSocket.all.length;
      await vi.advanceTimersByTimeAsync(1000 * seconds - 1);
      expect(FakeWebSocket.all.length).toBe(count);
      await vi.advanceTimersByTimeAsync(1);
    }
    lastSocket().open();
    await vi.advanceTimersByTimeAsync(31_000);
    lastSocket().cut();
    const count = FakeWebSocket.all.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeWebSocket.all.length).toBe(count + 1);
  });

  it.each([
    [404, { why: "the kernel has gone" }, "the kernel has gone"],
    [404, undefined, "does not have the extension"],
    [403, undefined, "does not allow it"],
  ])("asks once why it cannot be opened (%s %o), and leaves it", async (status, body, words) => {
    const fetch = answer(status, body);
    lastSocket().cut();
    await settle();
    expect(channel.way).toEqual({ kind: "jupyter", why: expect.stringContaining(words) });
    expect(fetch).toHaveBeenCalledWith(ADDRESS.question, {
      headers: ADDRESS.headers,
      cache: "no-store",
    });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeWebSocket.all.length).toBe(1);
    expect(switches).toBe(0);
  });

  it.each([
    [200, { why: null }, "lets no WebSocket through"],
    [502, undefined, "answers with 502"],
  ])("tries again where that may help (%s %o)", async (status, body, words) => {
    answer(status, body);
    lastSocket().cut();
    await settle();
    expect(channel.way).toEqual({ kind: "jupyter", why: expect.stringContaining(words) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeWebSocket.all.length).toBe(2);
  });

  it("tries again when the server cannot be reached", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    lastSocket().cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(FakeWebSocket.all.length).toBe(2);
  });

  it("ends the link with the kernel, with the channel and with its signal", async () => {
    ending.abort();
    for (const end of [() => comm.lose(), () => ending.abort()]) {
      comm = new FakeComm();
      const controller = new AbortController();
      ending = controller;
      channel = new RoutedChannel(comm, ADDRESS, "p", controller.signal);
      lastSocket().open();
      end();
      expect(lastSocket().closed).toBe(true);
      expect(channel.way).toBeNull();
      const count = FakeWebSocket.all.length;
      lastSocket().cut();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(FakeWebSocket.all.length).toBe(count);
    }
    expect(comm.sent).toEqual([]);
  });

  it("opens no link where there is no address", () => {
    const count = FakeWebSocket.all.length;
    channel = new RoutedChannel(comm, { why: "it is not there" }, "p", ending.signal);
    channel.send(NEXT);
    expect(FakeWebSocket.all.length).toBe(count);
    expect(channel.way).toEqual({ kind: "jupyter", why: "it is not there" });
    expect(comm.sent).toEqual([NEXT]);
  });
});
