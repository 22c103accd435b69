import { beforeEach, describe, expect, it, vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { LinkChannel } from "../../src/transport/worker/link_channel";
import { type FakeWebSocket, fakeWebSockets, lastSocket } from "./fake_web_socket";

const ADDRESS = { socket: "ws://lab/link", question: "http://lab/link", headers: {} };
const SAMPLE: PageMessage = { kind: "sample" };
const EXPIRED: KernelMessage = { kind: "expired", page: "p", frame: 1 };

describe("LinkChannel", () => {
  let heard: string[];
  let link: LinkChannel;
  let socket: FakeWebSocket;

  beforeEach(() => {
    fakeWebSockets();
    heard = [];
    link = new LinkChannel(ADDRESS, "p", {
      opened: () => heard.push("opened"),
      message: ({ kind }, buffers) => heard.push(`${kind} ${buffers.length}`),
      ended: (why) => heard.push(why),
    });
    socket = lastSocket();
  });

  const kinds = () => socket.sent.map(({ kind }) => kind);

  it("is open once the kernel has answered, not when the server accepts it", () => {
    socket.accept();
    expect([heard, kinds()]).toEqual([[], ["ping"]]);
    socket.answer();
    expect(heard).toEqual(["opened", "pong 0"]);
  });

  it("carries messages with their buffers", () => {
    socket.open();
    link.send(SAMPLE);
    socket.deliver(EXPIRED, [new ArrayBuffer(3)]);
    expect(kinds()).toEqual(["ping", "sample"]);
    expect(heard.at(-1)).toBe("expired 1");
  });

  it("sends nothing while nothing is asked of it", () => {
    socket.open();
    vi.advanceTimersByTime(60_000);
    expect(kinds()).toEqual(["ping"]);
  });

  it("ends at once when it is cut, and only once", () => {
    socket.open();
    socket.cut();
    socket.cut();
    link.send(SAMPLE);
    expect(heard.slice(2)).toEqual(["the direct link was cut"]);
    expect(kinds()).not.toContain("sample");
  });

  it("asks a silent kernel and ends when that is in vain", () => {
    socket.open();
    link.send(SAMPLE);
    vi.advanceTimersByTime(2000);
    expect(kinds()).toEqual(["ping", "sample", "ping"]);
    expect(heard.length).toBe(2);
    vi.advanceTimersByTime(3000);
    expect(heard.at(-1)).toBe("the kernel does not answer on the direct link");
    expect(socket.closed).toBe(true);
  });

  it("goes on with a kernel that takes long but answers pings", () => {
    socket.open();
    link.send(SAMPLE);
    for (let second = 0; second < 20; second += 1) {
      vi.advanceTimersByTime(1000);
      if (kinds().at(-1) === "ping") socket.answer();
    }
    expect(heard.filter((each) => each !== "pong 0")).toEqual(["opened"]);
  });

  it("ends if the kernel never answers, or the server never accepts it", () => {
    vi.advanceTimersByTime(9000);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(heard).toEqual(["the direct link could not be opened in time"]);
  });

  it("ends rather than let messages pile up", () => {
    socket.open();
    socket.bufferedAmount = 2 ** 30;
    link.send(SAMPLE);
    expect(heard.at(-1)).toBe("the direct link is too slow");
  });

  it.each(["text", new ArrayBuffer(2)])("ends with what is no message", (data) => {
    socket.open();
    socket.onmessage({ data });
    expect(heard.at(-1)).toContain("is no message");
    expect(socket.closed).toBe(true);
  });

  it("leaves no timer when it is closed, and says nothing", () => {
    socket.open();
    link.close();
    socket.cut();
    expect(heard.slice(2)).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
