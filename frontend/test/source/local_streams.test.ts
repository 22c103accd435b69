/** Models of the page on a graphics card that does not answer, in a worker that only pretends. */
import { beforeEach, expect, test, vi } from "vitest";
import type { LocalStateMessage, LocalStream } from "../../src/generated";
import type { Job, Outcome } from "../../src/inference/inference_messages";
import type { Assets } from "../../src/source/worker/assets";
import { LocalStreams } from "../../src/source/worker/local_streams";

const STREAM: LocalStream = {
  stream: "stream",
  key: "Selfie general (browser)",
  model: "MediaPipeSelfieSegmentation",
  model_type: "general",
  max_poses: 1,
  accelerator: "auto",
  classes: [],
};
const FOUND = {
  levels: new Uint8Array(),
  shape: [0, 0],
  region: [0, 0, 1, 1],
  poses: [],
  planes: [],
};
const TIMINGS = { wait: 0, decode: 0, infer: 0 };
const NO_CARD = { runningOn: "wasm", why: "", problem: false } as const;

/** Where the card stops answering, if it is used. */
type Hang = "loading" | "running";

/** What workers were told to run models with. */
let told: string[] = [];
const running = new Set<object>();

function stubWorkers(hang: Hang): void {
  class FakeWorker {
    onmessage: ((event: { data: Outcome }) => void) | null = null;
    onerror = null;
    private onCard = false;

    constructor() {
      running.add(this);
      queueMicrotask(() => this.say({ kind: "started" }));
    }

    postMessage(job: Job): void {
      if (job.kind === "load") {
        told.push(job.accelerator);
        this.onCard = job.accelerator !== "wasm";
        this.say({ kind: "card", awaited: this.onCard });
        if (this.onCard && hang === "loading") return;
        this.say({ kind: "card", awaited: false });
        if (!this.onCard) this.say({ kind: "decided", verdict: NO_CARD });
        this.say({ kind: "loaded" });
      } else if (this.onCard) {
        this.say({ kind: "card", awaited: true });
      } else {
        const found = FOUND as unknown as Extract<Outcome, { kind: "found" }>["found"];
        this.say({ kind: "found", number: job.number, found, timings: TIMINGS });
      }
    }

    terminate(): void {
      running.delete(this);
      this.onmessage = null;
    }

    private say(data: Outcome): void {
      queueMicrotask(() => this.onmessage?.({ data }));
    }
  }
  vi.stubGlobal("Worker", FakeWorker);
}

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  running.clear();
  // What the browser can run takes real time to find out.
  vi.spyOn(WebAssembly, "instantiate").mockResolvedValue({} as never);
});

function setUp() {
  const states: Omit<LocalStateMessage, "kind" | "page">[] = [];
  const answers: string[] = [];
  const streams = new LocalStreams({
    assets: { get: () => Promise.resolve(new Blob()) } as unknown as Assets,
    answer: (frame, _, { kind }) => answers.push(`${frame} ${kind}`),
    tell: (state) => states.push(state),
  });
  const offer = (frame: number) =>
    streams.offer({ frame, jpeg: new Blob(), timestamp: frame, video: "one" });
  return { streams, states, answers, offer };
}

test.each(["loading", "running"] as const)(
  "a card that hangs while %s is left after 15 seconds, and the frame is not lost",
  async (hang) => {
    stubWorkers(hang);
    const { streams, states, answers, offer } = setUp();
    streams.update([STREAM]);
    offer(1);
    await vi.advanceTimersByTimeAsync(9000);
    expect(answers).toEqual([]);
    offer(2);
    await vi.advanceTimersByTimeAsync(5900);
    expect(told).toEqual(["auto"]);
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toEqual(["auto", "wasm"]);
    expect(answers).toEqual(["1 skipped", "2 found"]);
    expect(running.size).toBe(1);
    expect(states.at(-1)).toEqual({
      stream: "stream",
      key: STREAM.key,
      state: "ready",
      message:
        "The graphics card has not answered for 15 seconds. The processor runs the model instead.",
      running_on: "wasm",
      why: "The graphics card has not answered for 15 seconds.",
    });
    // The sentence leaves the image, and what was found out is remembered.
    await vi.advanceTimersByTimeAsync(13_000);
    offer(3);
    await vi.advanceTimersByTimeAsync(100);
    expect(states.at(-1)).toMatchObject({ message: "", running_on: "wasm" });
    streams.rest();
    offer(4);
    await vi.advanceTimersByTimeAsync(100);
    expect(told.slice(1).every((choice) => choice === "wasm")).toBe(true);
    expect(states.at(-1)).toMatchObject({
      running_on: "wasm",
      why: "The graphics card has not answered for 15 seconds.",
    });
    streams.update([]);
    expect(running.size).toBe(0);
  },
);

test("another panel of the model does not try a card that hangs; who chooses it does", async () => {
  stubWorkers("running");
  const { streams, offer } = setUp();
  streams.update([STREAM]);
  offer(1);
  await vi.advanceTimersByTimeAsync(16_000);
  streams.update([STREAM, { ...STREAM, stream: "second" }]);
  offer(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual(["auto", "wasm", "wasm"]);
  streams.update([{ ...STREAM, accelerator: "webgpu" }]);
  offer(3);
  await vi.advanceTimersByTimeAsync(100);
  expect(told.at(-1)).toBe("webgpu");
  await vi.advanceTimersByTimeAsync(16_000);
  expect(told.at(-1)).toBe("wasm");
  streams.update([]);
  expect(running.size).toBe(0);
});

test("who has chosen the processor waits for no card", async () => {
  stubWorkers("loading");
  const { streams, answers, states, offer } = setUp();
  streams.update([{ ...STREAM, accelerator: "wasm" }]);
  offer(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(answers).toEqual(["1 found"]);
  expect(states.at(-1)).toMatchObject({ state: "ready", running_on: "wasm", why: "" });
  streams.update([]);
});
