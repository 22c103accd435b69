import { describe, expect, it } from "vitest";
import type { KernelMessage, PageMessage, PongMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { askForSample, openInKernel } from "../../src/source/worker/kernel_source";
import type { Session } from "../../src/source/worker/session";
import type { Channel } from "../../src/transport/channel";

/** A kernel that says what it is told to. */
function fakeKernel() {
  const sent: PageMessage[] = [];
  const messages = new Listeners<[KernelMessage, DataView[]]>();
  const channel: Channel = {
    alive: true,
    send: (message) => sent.push(message),
    onMessage: (listener, signal) => messages.add(listener, signal),
    onLost: () => {},
  };
  return { channel, sent, say: (message: KernelMessage) => messages.notify(message, []) };
}

/** How often a session was told how long its source is. */
let loads = 0;

/** Open a file in a session that `ending` ends. */
function open(channel: Channel, ending: AbortController) {
  loads = 0;
  const load = () => {
    loads += 1;
  };
  const session = {
    video: 1,
    signal: ending.signal,
    pull: () => {},
    frameIndex: { load },
  } as unknown as Session;
  const wanted = {
    source: "file",
    path: "a.mp4",
    device: 0,
    width: 4,
    height: 3,
    frame_rate: 30,
  } as const;
  const listener = { progress: () => {}, failed: () => {}, noticed: () => {}, ended: () => {} };
  return openInKernel(channel, "page", session, wanted, listener);
}

describe("a source in the kernel", () => {
  it("is no longer waited for when its session ends before it is open", async () => {
    const { channel } = fakeKernel();
    const ending = new AbortController();
    const opening = open(channel, ending);
    ending.abort();
    await expect(opening).rejects.toBe(ending.signal.reason);
  });

  it("is asked for again when the kernel can be reached and has not answered", async () => {
    const { channel, sent, say } = fakeKernel();
    const opened = {
      kind: "opened",
      page: "page",
      video: 1,
      label: "a",
      rate: 10,
      length: 5,
    } as const;
    const opening = open(channel, new AbortController());
    const pong: Omit<PongMessage, "asked"> = {
      kind: "pong",
      page: "page",
      owed: [],
      received: 0,
      sent: 0,
    };
    const opens = () => sent.filter(({ kind }) => kind === "open").length;
    // The ping was sent before.
    say({ ...pong, asked: 0 });
    expect(opens()).toBe(1);
    say({ ...pong, asked: Number.POSITIVE_INFINITY });
    expect(opens()).toBe(2);
    say(opened);
    await opening;
    say(opened);
    say({ ...pong, asked: Number.POSITIVE_INFINITY });
    expect([opens(), loads]).toEqual([2, 1]);
  });

  it("says why it was rejected", async () => {
    const { channel, say } = fakeKernel();
    const opening = open(channel, new AbortController());
    say({ kind: "rejected", page: "page", video: 1, message: "No such file." });
    await expect(opening).rejects.toThrow("No such file.");
  });
});

describe("the sample", () => {
  it("is no longer waited for when its session ends", async () => {
    const { channel } = fakeKernel();
    const ending = new AbortController();
    const sample = askForSample(channel, ending.signal);
    ending.abort();
    await expect(sample).rejects.toBe(ending.signal.reason);
  });
});
