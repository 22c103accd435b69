/** Runs models of streams in the page, each in a worker of its own, always on the newest frame. */
import type { LocalStateMessage, LocalStream } from "../../generated";
import type { LookTimings, Outcome, Verdict } from "../../inference/inference_messages";
import { filesOf } from "../../inference/models";
import type { Found } from "../../inference/pipeline";
import { InferenceWorker, type ModelFiles } from "../../inference/worker/inference_worker";
import { hasRelaxedSimd } from "../../inference/worker/simd";
import { now } from "../../kit/clock";
import type { Assets } from "./assets";

/** A frame for models. */
export interface LocalFrame {
  /** The number of its request. */
  frame: number;
  /** As the kernel gets it, so that models see the same pixels wherever they run. */
  jpeg: Blob;
  /** s */
  timestamp: number;
  /** Identifies the uninterrupted run of frames; null for one that is shown again. */
  video: string | null;
}

/** What came of a frame in one stream. */
export type LocalOutcome =
  | { kind: "found"; key: string; found: Found; timings: LookTimings }
  | { kind: "skipped" }
  | { kind: "failed" };

export interface LocalOwner {
  /** Null while there is no connection. */
  readonly assets: Assets | null;
  /** Called once for each frame that a stream was offered. */
  answer(frame: number, stream: string, outcome: LocalOutcome): void;
  tell(state: Omit<LocalStateMessage, "kind" | "page">): void;
}

/** ms between reports of how much has been loaded. */
const PROGRESS_INTERVAL = 300;
/** A model that gets no frames for this long (ms) is freed; the next frame loads it again. */
const IDLE = 10_000;
/** A worker that may use the graphics card and says nothing for this long (ms) is ended. */
const PATIENCE = 15_000;
/** ms that a problem with the graphics card is shown over the image. */
const SHOWN = 12_000;

const HANGS: Verdict = {
  runningOn: "wasm",
  why: "The graphics card has not answered for 15 seconds.",
  problem: true,
};

export class LocalStreams {
  private readonly streams = new Map<string, LocalModelStream>();
  /** Of models that have left the graphics card, why: it is not tried again for each worker. */
  private readonly left = new Map<string, Verdict>();

  constructor(private readonly owner: LocalOwner) {}

  get any(): boolean {
    return this.streams.size > 0;
  }

  get count(): number {
    return this.streams.size;
  }

  /** Whether any, or all, could begin with another frame soon. */
  hasRoom(all: boolean): boolean {
    const streams = [...this.streams.values()];
    return all
      ? streams.every((stream) => stream.hasRoom)
      : streams.some((stream) => stream.hasRoom);
  }

  /** Run these from now on. */
  update(wanted: readonly LocalStream[]): void {
    const ids = wanted.map(({ stream }) => stream);
    for (const [id, stream] of this.streams) if (!ids.includes(id)) this.remove(id, stream);
    for (const each of wanted) {
      const running = this.streams.get(each.stream);
      if (!running?.takes(each)) {
        if (running) this.remove(each.stream, running);
        // Who chooses the graphics card has it tried again.
        if (each.accelerator === "webgpu") this.left.delete(idOf(each));
        this.streams.set(each.stream, new LocalModelStream(each, this.left, this.owner));
      }
    }
  }

  /** Offer a frame to all, each of which answers once. */
  offer(frame: LocalFrame): void {
    for (const stream of this.streams.values()) stream.offer(frame);
  }

  /** End all workers; the next frame starts them again. */
  rest(): void {
    for (const stream of this.streams.values()) stream.end();
  }

  private remove(id: string, stream: LocalModelStream): void {
    this.streams.delete(id);
    stream.end();
  }
}

/** What a graphics card is right or fast for. */
function idOf({ model, model_type, accelerator }: LocalStream): string {
  return `${model} ${model_type} ${accelerator}`;
}

class LocalModelStream {
  private worker: InferenceWorker | null = null;
  private loading = false;
  private error = "";
  /** What runs the model; null before that is decided. */
  private verdict: Verdict | null = null;
  /** Until when the reason for it is shown. */
  private noticeEnds = 0;
  /** Whether the worker may wait for the graphics card. */
  private cardAwaited = false;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private ending = new AbortController();
  /** What was told last. */
  private told = "";
  private atWork: (LocalFrame & { key: string; since: number }) | null = null;
  private waiting: (LocalFrame & { since: number }) | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private spec: LocalStream,
    private readonly left: Map<string, Verdict>,
    private readonly owner: LocalOwner,
  ) {}

  get hasRoom(): boolean {
    return this.waiting === null;
  }

  /** Take over other settings of the same model; return false for another model. */
  takes(spec: LocalStream): boolean {
    const isSame = idOf(spec) === idOf(this.spec);
    if (isSame) this.spec = spec;
    return isSame;
  }

  offer(frame: LocalFrame): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      // One that waits for the graphics card gets no frames either.
      if (!(this.cardAwaited && (this.atWork ?? this.waiting))) this.end();
    }, IDLE);
    if (this.waiting) this.answer(this.waiting.frame, { kind: "skipped" });
    this.waiting = { ...frame, since: now() };
    if (this.error) this.failAll();
    else if (this.worker) this.proceed(this.worker);
    else void this.load();
  }

  /** End the worker; what it was at is answered. */
  end(): void {
    clearTimeout(this.idle);
    clearTimeout(this.watchdog);
    this.ending.abort();
    this.ending = new AbortController();
    this.worker?.end();
    this.worker = null;
    this.loading = false;
    this.error = "";
    this.verdict = null;
    this.cardAwaited = false;
    const unanswered = [this.atWork, this.waiting];
    this.atWork = null;
    this.waiting = null;
    for (const each of unanswered) if (each) this.answer(each.frame, { kind: "skipped" });
  }

  private proceed(worker: InferenceWorker): void {
    if (this.atWork || !this.waiting) return;
    const { frame, jpeg, timestamp, video } = this.waiting;
    this.atWork = { ...this.waiting, key: this.spec.key };
    this.waiting = null;
    const { max_poses: maxPoses, classes } = this.spec;
    worker.run({ number: frame, jpeg, timestamp, video, wanted: { maxPoses, classes } });
    this.watch();
  }

  private hear(outcome: Outcome): void {
    if (outcome.kind === "card") this.cardAwaited = outcome.awaited;
    else if (outcome.kind === "decided") this.decide(outcome.verdict);
    this.watch();
    const { atWork } = this;
    if (!atWork || !("number" in outcome) || outcome.number !== atWork.frame) return;
    this.atWork = null;
    clearTimeout(this.watchdog);
    if (outcome.kind === "found") {
      const { found, timings } = outcome;
      const wait = Math.max(0, now() - atWork.since - timings.decode - timings.infer);
      this.say("ready", this.notice());
      this.answer(atWork.frame, {
        kind: "found",
        key: atWork.key,
        found,
        timings: { ...timings, wait },
      });
    } else {
      this.say("failed", outcome.message);
      this.answer(atWork.frame, { kind: "failed" });
    }
    if (this.worker) this.proceed(this.worker);
  }

  private async load(): Promise<void> {
    const { assets } = this.owner;
    if (this.loading || !assets) return;
    this.loading = true;
    const { spec } = this;
    const { signal } = this.ending;
    const left = this.left.get(idOf(spec));
    this.say("loading", "");
    try {
      const files = await this.files(assets);
      if (signal.aborted) return;
      const worker = await InferenceWorker.start(
        spec,
        left ? "wasm" : spec.accelerator,
        files,
        (outcome) => this.hear(outcome),
        signal,
      );
      this.loading = false;
      this.worker = worker;
      this.proceed(worker);
    } catch (error) {
      if (signal.aborted) return;
      clearTimeout(this.watchdog);
      this.loading = false;
      this.error = error instanceof Error ? error.message : String(error);
      this.say("failed", this.error);
      this.failAll();
    }
  }

  /** Take over what runs the model, and remember that it is not the graphics card. */
  private decide(verdict: Verdict): void {
    const left = this.left.get(idOf(this.spec));
    if (!left && verdict.runningOn === "wasm") this.left.set(idOf(this.spec), verdict);
    if (!left && verdict.problem) this.noticeEnds = now() + SHOWN;
    if (verdict.runningOn === "wasm") this.cardAwaited = false;
    this.verdict = left ?? verdict;
  }

  /** What is shown over the image. */
  private notice(): string {
    if (!this.verdict || now() > this.noticeEnds) return "";
    return `${this.verdict.why} The processor runs the model instead.`;
  }

  /** Expect the worker to say something, if the graphics card may keep it from that. */
  private watch(): void {
    clearTimeout(this.watchdog);
    if (this.cardAwaited) this.watchdog = setTimeout(() => this.leaveCard(), PATIENCE);
  }

  private leaveCard(): void {
    const newest = this.waiting ?? this.atWork;
    if (this.waiting) this.waiting = null;
    else this.atWork = null;
    this.end();
    this.decide(HANGS);
    if (newest) this.offer(newest);
  }

  /** Get what the model needs, and say how far that is. */
  private async files(assets: Assets): Promise<ModelFiles> {
    const kind = (await hasRelaxedSimd()) ? "litert" : "litert_compat";
    const names = ["inference.js", `${kind}.js.gz`, `${kind}.wasm.gz`, ...filesOf(this.spec)];
    const parts = new Map<string, [done: number, size: number]>();
    let reported = now();
    const progress = (name: string) => (done: number, size: number) => {
      parts.set(name, [done, size]);
      if (now() - reported < PROGRESS_INTERVAL) return;
      reported = now();
      const sum = (index: 0 | 1) => [...parts.values()].reduce((all, part) => all + part[index], 0);
      this.say("loading", loadingMessage(sum(0), sum(1)));
    };
    const [worker, program, wasm, ...models] = await Promise.all(
      names.map((name) => assets.get(name, progress(name))),
    );
    if (!(worker && program && wasm)) throw new Error("a program is missing");
    return { worker, program, wasm, models };
  }

  private failAll(): void {
    const { waiting } = this;
    this.waiting = null;
    if (waiting) this.answer(waiting.frame, { kind: "failed" });
  }

  private answer(frame: number, outcome: LocalOutcome): void {
    this.owner.answer(frame, this.spec.stream, outcome);
  }

  private say(state: LocalStateMessage["state"], message: string): void {
    const { stream, key } = this.spec;
    const { runningOn = "", why = "" } = this.verdict ?? {};
    const said = { stream, key, state, message, running_on: runningOn, why } as const;
    const told = JSON.stringify(said);
    if (told === this.told) return;
    this.told = told;
    this.owner.tell(said);
  }
}

function loadingMessage(done: number, size: number): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return (
    `Loading the model into this browser, which keeps it: ${megabytes(done)} of ` +
    `${megabytes(size)} MB.`
  );
}
