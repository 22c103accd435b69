import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { EffectResults } from "../../src/source/worker/effect_result";
import { Frames } from "../../src/source/worker/frames";
import { Liveness } from "../../src/source/worker/liveness";
import { Session } from "../../src/source/worker/session";
import { StreamResults } from "../../src/source/worker/stream_results";
import type { Channel } from "../../src/transport/channel";
import { KERNEL_ONLY, noLocalStreams } from "./needs";

const messages = new Listeners<[KernelMessage, DataView[]]>();
let sent: PageMessage["kind"][] = [];
let busy: boolean[] = [];
let session: Session;
let frames: Frames;
let liveness: Liveness;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] });
  sent = [];
  busy = [];
  const { signal } = new AbortController();
  const channel: Channel = {
    alive: true,
    send: ({ kind }) => sent.push(kind),
    onMessage: (listener, until) => messages.add(listener, until),
    onLost: () => {},
  };
  const [results, effects] = [
    new StreamResults(
      () => undefined,
      () => undefined,
    ),
    new EffectResults(),
  ];
  frames = new Frames(
    channel,
    "page",
    results,
    effects,
    noLocalStreams(),
    () => KERNEL_ONLY,
    signal,
  );
  session = new Session("file", 1, frames, {
    history: () => 10,
    isNeeded: () => true,
    paused: () => {},
    changed: () => {},
    fail: () => {},
  });
  liveness = new Liveness(channel, "page", frames, session, (each) => busy.push(each));
});

afterEach(() => session.close());

const hear = () =>
  messages.notify({ kind: "pong", page: "page", owed: [], asked: 0, received: 0, sent: 0 }, []);

it("asks nothing while nothing is waited for, and says that the page is there", () => {
  vi.advanceTimersByTime(11_000);
  expect(sent).toEqual(["keep_alive", "keep_alive", "keep_alive"]);
  expect(busy).toEqual([]);
});

it("asks a kernel that is silent, and takes it for busy where it does not answer that", () => {
  void liveness.expect(new Promise(() => {}));
  vi.advanceTimersByTime(1250);
  expect(sent).toContain("ping");
  expect(busy).toEqual([]);
  vi.advanceTimersByTime(1250);
  expect(busy).toEqual([true]);
  hear();
  expect(busy).toEqual([true, false]);
});

it("takes a kernel that answers for free, though what is waited for does not come", () => {
  void liveness.expect(new Promise(() => {}));
  for (let second = 0; second < 10; second += 1) {
    vi.advanceTimersByTime(1000);
    hear();
  }
  expect(busy).toEqual([]);
});

it("ends with its session", () => {
  session.close();
  vi.advanceTimersByTime(60_000);
  expect(sent).toEqual([]);
});

it("measures the way every two seconds while frames are in flight", () => {
  frames.requestShow(session, 1);
  for (let quarter = 0; quarter < 4 * 5; quarter += 1) {
    vi.advanceTimersByTime(250);
    frames.inFlight.forget(1, performance.timeOrigin + performance.now());
    frames.inFlight.take(1, performance.timeOrigin + performance.now());
  }
  expect(sent.filter((kind) => kind === "ping")).toHaveLength(3);
});
