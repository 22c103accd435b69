import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type AnswerMessage,
  FRAMES_IN_FLIGHT,
  type ImageMessage,
  type KernelMessage,
  type PageMessage,
  type ResultMessage,
} from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import type { Answered } from "../../src/source/worker/answered";
import { EffectResults } from "../../src/source/worker/effect_result";
import type { FrameNeeds, FrameSession } from "../../src/source/worker/frame_session";
import { Frames } from "../../src/source/worker/frames";
import type { LocalFrame, LocalOutcome, LocalStreams } from "../../src/source/worker/local_streams";
import type { SharedImage } from "../../src/source/worker/shared_image";
import { StreamResults } from "../../src/source/worker/stream_results";
import type { Channel } from "../../src/transport/channel";
import { packed } from "../packed";
import { KERNEL_ONLY, noLocalStreams } from "./needs";

class Bitmap {
  static open = 0;
  readonly width = 8;
  readonly height = 4;

  constructor() {
    Bitmap.open += 1;
  }

  close(): void {
    Bitmap.open -= 1;
  }
}

const bitmap = () => new Bitmap() as unknown as ImageBitmap;
const NO_TIMES = { wait: 0, decode: 0, infer: 0 };

function result(
  frame: number,
  stream: string,
  left: number,
  level = frame,
): [ResultMessage, DataView[]] {
  const message: ResultMessage = {
    kind: "result",
    page: "page",
    frame,
    stream,
    left,
    oldest: 1,
    received: 0,
    sent: 0,
    shape: [1, 1],
    region: [0, 0, 8, 4],
    poses: [],
    timings: NO_TIMES,
    planes: [],
  };
  return [message, [packed(Uint8Array.of(level)), new DataView(new ArrayBuffer(0))]];
}

function without(kind: "skipped" | "failed", frame: number, stream: string, left: number) {
  return {
    kind,
    page: "page",
    frame,
    stream,
    left,
    oldest: 1,
    received: 0,
    sent: 0,
  } as AnswerMessage;
}

/** What a model in the page has found. */
const FOUND: LocalOutcome = {
  kind: "found",
  key: "model",
  found: { levels: Uint8Array.of(9), shape: [1, 1], region: [0, 0, 8, 4], poses: [], planes: [] },
  timings: NO_TIMES,
};

/** One model in the page, which notes what it is offered. */
function localStream(offered: number[]): LocalStreams {
  return {
    any: true,
    count: 1,
    hasRoom: () => true,
    offer: ({ frame }: LocalFrame) => offered.push(frame),
  } as unknown as LocalStreams;
}

const image = (frame: number, id: number, live = true): ImageMessage => ({
  kind: "image",
  page: "page",
  frame,
  id,
  captured: 1000,
  capture: 2,
  live,
});

/** Frames with two streams that note what they are given, as `stream:id`, and their session. */
class Rig implements FrameSession {
  readonly video = 1;
  readonly inKernel = false;
  readonly paused = false;
  together = false;
  /** Who gets frames, besides. */
  others: Partial<FrameNeeds> = {};
  wanted: (image: SharedImage) => boolean = () => true;
  readonly given: string[] = [];
  readonly all: Answered[] = [];
  readonly sent: PageMessage[] = [];
  /** Of each message. */
  readonly buffers: ArrayBuffer[][] = [];
  restarts = 0;
  /** Live frames that can be shown again. */
  readonly noted: number[] = [];
  /** Whether there are results, whenever that changes. */
  readonly told: boolean[] = [];
  readonly results = new StreamResults(
    () => undefined,
    (any) => this.told.push(any),
  );
  readonly frames: Frames;
  private readonly messages = new Listeners<[KernelMessage, DataView[]]>();
  private readonly ending = new AbortController();

  constructor(local: LocalStreams = noLocalStreams()) {
    const { signal } = new AbortController();
    const channel: Channel = {
      alive: true,
      send: (message, buffers = []) => {
        this.sent.push(message);
        this.buffers.push(buffers);
      },
      onMessage: (listener, until) => this.messages.add(listener, until),
      onLost: () => {},
    };
    const effects = new EffectResults();
    const needs = () => ({ ...KERNEL_ONLY, together: this.together, ...this.others });
    const { results } = this;
    this.frames = new Frames(channel, "page", results, effects, local, needs, signal);
    this.frames.begin(this);
    for (const stream of ["a", "b"])
      this.results.onResult(
        stream,
        (answered) => {
          this.given.push(`${stream}:${answered.image.id}`);
          this.all.push(answered);
        },
        signal,
      );
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  wants(image: SharedImage): boolean {
    return this.wanted(image);
  }

  readonly oldest = null;
  sought(): null {
    return null;
  }

  noteLive(id: number): void {
    this.noted.push(id);
  }

  noteOldest(): void {}
  noteExpired(): void {}
  proceed(): void {}
  restart(): void {
    this.restarts += 1;
  }

  fail(message: string): void {
    throw new Error(message);
  }

  /** The source is stopped. */
  stop(): void {
    this.ending.abort();
  }

  receive(message: KernelMessage, buffers: DataView[] = []): void {
    this.messages.notify(message, buffers);
  }

  /** The page takes an image and sends it. */
  async take(): Promise<number> {
    await this.capture();
    return this.lastRequest();
  }

  /** The page takes an image. */
  async capture(): Promise<void> {
    const captured = { bitmap: bitmap(), jpeg: new ArrayBuffer(1), at: 0 };
    await this.frames.capture(this, () => Promise.resolve(captured));
  }

  /** The page asks the kernel for an image. */
  ask(id = 5): number {
    expect(this.frames.requestShow(this, id)).not.toBeNull();
    return this.lastRequest();
  }

  /** The kernel sends an image; it is decoded a moment later. */
  async show(message: ImageMessage): Promise<void> {
    this.receive(message, [new DataView(new ArrayBuffer(1))]);
    await new Promise((resolve) => setTimeout(resolve));
  }

  /** The kernel says what it owes, asked at this moment. */
  pong(owed: number[], page = "page"): void {
    const asked = performance.timeOrigin + performance.now() + 1;
    this.receive({ kind: "pong", page, owed, asked, received: 0, sent: 0 });
  }

  private lastRequest(): number {
    const last = this.sent.at(-1);
    if (last?.kind !== "frame" && last?.kind !== "show") throw new Error("Nothing was sent.");
    return last.frame;
  }
}

let rig: Rig;

beforeEach(() => {
  vi.stubGlobal("createImageBitmap", async () => bitmap());
  Bitmap.open = 0;
  rig = new Rig();
});
afterEach(() => {
  rig.stop();
  rig.results.dispose();
  expect(Bitmap.open).toBe(0);
  vi.unstubAllGlobals();
});

describe("frames of the page's own", () => {
  it("are handed out although one result cannot be read, which is an error of the page", async () => {
    const errors: Error[] = [];
    vi.stubGlobal("reportError", (error: Error) => errors.push(error));
    const first = await rig.take();
    const [message, [, keypoints]] = result(first, "a", 1);
    rig.receive(message, [new DataView(new ArrayBuffer(1)), keypoints as DataView]);
    rig.receive(...result(first, "b", 0));
    rig.receive(...result(await rig.take(), "a", 1));
    expect(errors.map(({ message }) => message)).toEqual([
      "The result of frame 1 cannot be read (Error: invalid zlib data).",
    ]);
    expect(rig.given).toEqual(["b:1", "a:2"]);
  });

  it("are handed out as each stream answers", async () => {
    const frame = await rig.take();
    rig.receive(...result(frame, "b", 1));
    expect(rig.given).toEqual(["b:1"]);
    rig.receive(...result(frame, "a", 0));
    expect(rig.given).toEqual(["b:1", "a:1"]);
  });

  it("are freed when all have answered and no view shows them", async () => {
    for (const left of [1, 1, 1]) {
      const frame = await rig.take();
      rig.receive(...result(frame, "a", left));
      rig.receive(without("skipped", frame, "b", 0));
    }
    // The last one of stream a.
    expect(Bitmap.open).toBe(1);
  });

  it("come to views that are added later", async () => {
    rig.receive(...result(await rig.take(), "a", 0));
    const late: number[] = [];
    rig.results.onResult("a", ({ image: { id } }) => late.push(id), new AbortController().signal);
    expect(late).toEqual([1]);
  });

  it("are no more than may be on their way", async () => {
    for (let each = 0; each < FRAMES_IN_FLIGHT; each += 1) await rig.take();
    expect(rig.frames.mayCapture).toBe(false);
    rig.receive(...result(1, "a", 1));
    expect(rig.frames.mayCapture).toBe(true);
  });

  it("are for models in the page only while those in the kernel are busy, and not shown again then", async () => {
    const inPage: number[] = [];
    const mixed = new Rig(localStream(inPage));
    for (let each = 0; each < FRAMES_IN_FLIGHT + 2; each += 1) await mixed.take();
    const sent = mixed.sent.map((message) => message.kind === "frame" && message.frame);
    expect(sent).toHaveLength(FRAMES_IN_FLIGHT);
    expect(inPage).toHaveLength(FRAMES_IN_FLIGHT + 2);
    expect(mixed.noted).toEqual(sent);
    mixed.stop();
    mixed.results.dispose();
  });

  it("that no one asked about are no answer to anything", () => {
    rig.receive(...result(99, "a", 0));
    expect(rig.given).toEqual([]);
  });

  it("are given up where their way ends, and late answers find nothing", async () => {
    const lost = await rig.take();
    rig.frames.giveUp();
    expect([rig.frames.mayCapture, rig.restarts]).toEqual([true, 1]);
    const frame = await rig.take();
    rig.receive(...result(lost, "a", 0));
    rig.receive(...result(frame, "a", 0));
    expect(rig.given).toEqual([`a:${frame}`]);
    expect(frame).toBeGreaterThan(lost);
  });

  it("are not shown once the source is stopped", async () => {
    const frame = await rig.take();
    rig.stop();
    rig.receive(...result(frame, "a", 0));
    expect(rig.given).toEqual([]);
    expect(rig.frames.mayCapture).toBe(true);
  });
});

describe("results of models in the page", () => {
  let offered: number[];
  let inPage: Rig;

  beforeEach(() => {
    offered = [];
    inPage = new Rig(localStream(offered));
    inPage.others = { kernelStreams: false };
  });
  afterEach(() => {
    inPage.stop();
    inPage.results.dispose();
  });

  /** The model finds something in the frame that it was offered last. */
  async function find(): Promise<void> {
    const frame = offered.at(-1);
    if (frame === undefined) throw new Error("No frame was offered.");
    inPage.frames.answerLocal(frame, "a", FOUND);
    await new Promise((resolve) => setTimeout(resolve));
  }

  it("stay there while nobody asks", async () => {
    await inPage.capture();
    await find();
    expect(inPage.given).toEqual(["a:1"]);
    expect(inPage.sent).toEqual([]);
  });

  it("are told alone to who needs no images", async () => {
    inPage.others.resultsWanted = "alone";
    await inPage.capture();
    await find();
    const [seen, ...others] = inPage.sent;
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      ...{ kind: "seen", frame: 1, id: 1, captured: 0, live: true, size: [8, 4], image: false },
      ...{ stream: "a", key: "model", shape: [1, 1], region: [0, 0, 8, 4] },
    });
    expect(inPage.buffers.at(-1)).toHaveLength(2);
  });

  it("follow their images to who needs them, and those of other frames do not", async () => {
    inPage.others.resultsWanted = "with_images";
    for (let each = 0; each < FRAMES_IN_FLIGHT + 1; each += 1) {
      await inPage.capture();
      await find();
    }
    const kinds = inPage.sent.map(({ kind }) => kind);
    const pairs = Array.from({ length: FRAMES_IN_FLIGHT }, () => ["frame", "seen"]);
    expect(kinds).toEqual(pairs.flat());
    // All can be shown again: the page has kept them.
    expect(inPage.noted).toHaveLength(FRAMES_IN_FLIGHT + 1);
  });

  it("follow an image of the kernel, also when its models have answered first", async () => {
    inPage.others = { kernelStreams: true, resultsWanted: "with_images" };
    const frame = inPage.ask();
    await inPage.show(image(frame, 5, false));
    inPage.receive(...result(frame, "b", 0));
    await find();
    expect(inPage.sent.map(({ kind }) => kind)).toEqual(["show", "seen"]);
    expect(inPage.sent[1]).toMatchObject({ frame, id: 5, live: false, image: false });
  });

  it.each(["none", "alone", "with_images"] as const)(
    "are of an image of the kernel where the page has kept none, and Python wants %s",
    (resultsWanted) => {
      inPage.others.resultsWanted = resultsWanted;
      inPage.ask();
      expect(inPage.sent).toMatchObject([{ kind: "show", id: 5 }]);
    },
  );

  it("of a frame that the page has kept come with its image", async () => {
    await inPage.capture();
    await find();
    inPage.others.resultsWanted = "with_images";
    expect(inPage.frames.requestShow(inPage, 1)).toBe(2);
    await new Promise((resolve) => setTimeout(resolve));
    await find();
    const [seen, ...others] = inPage.sent;
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ kind: "seen", frame: 2, id: 1, live: false, image: true });
    expect(inPage.buffers.at(-1)?.[2]?.byteLength).toBe(1);
  });
});

describe("results of a source that has stopped", () => {
  it("are forgotten with their images, also for views that are added later", async () => {
    rig.receive(...result(await rig.take(), "a", 0));
    rig.results.drawn("a", 1);
    const cleared: string[] = [];
    const { signal } = new AbortController();
    rig.results.onClear(() => cleared.push("cleared"), signal);
    rig.stop();
    for (const _ of [1, 2]) rig.results.clear();
    expect([cleared, Bitmap.open]).toEqual([["cleared"], 0]);
    expect(rig.results.allStats()).toEqual({});
    rig.results.onResult("a", () => cleared.push("a late view got it"), signal);
    expect(cleared).toEqual(["cleared"]);
  });

  it("are told of as soon as there are some, and when there are none any more", async () => {
    expect(rig.told).toEqual([]);
    for (const _ of [1, 2]) rig.receive(...result(await rig.take(), "a", 0));
    expect(rig.told).toEqual([true]);
    rig.results.clear();
    expect(rig.told).toEqual([true, false]);
  });
});

describe("frames that are lost on their way", () => {
  it("are those that were sent before the kernel was asked, and that it does not owe", async () => {
    const [first, second] = [await rig.take(), await rig.take()];
    rig.pong([second]);
    expect([rig.frames.mayCapture, rig.restarts]).toEqual([true, 1]);
    rig.receive(...result(first, "a", 0));
    rig.receive(...result(second, "a", 0));
    expect(rig.given).toEqual([`a:${second}`]);
  });

  it("are not those that the kernel could not know of yet", async () => {
    const frame = await rig.take();
    rig.receive({ kind: "pong", page: "page", owed: [], asked: 0, received: 0, sent: 0 });
    rig.receive(...result(frame, "a", 0));
    expect([rig.given, rig.restarts]).toEqual([[`a:${frame}`], 0]);
  });

  it("are not those that another page asks for", async () => {
    const frame = await rig.take();
    rig.pong([], "another page");
    rig.receive(...result(frame, "a", 0));
    expect(rig.given).toEqual([`a:${frame}`]);
  });

  it("are none while all is owed, however long that takes", async () => {
    const frames = [await rig.take(), await rig.take()];
    for (let each = 0; each < 100; each += 1) rig.pong(frames);
    expect([rig.frames.mayCapture, rig.restarts]).toEqual([false, 0]);
  });

  it("are asked for again of a source in the kernel, of which two may be lost as well", async () => {
    for (const _ of [1, 2]) rig.ask();
    expect(rig.frames.mayCapture).toBe(false);
    rig.pong([]);
    expect([rig.frames.mayCapture, rig.restarts]).toEqual([true, 1]);
  });

  it("are not those of which all has come, and whose image is being decoded", async () => {
    const frame = rig.ask();
    const shown = rig.show(image(frame, 5));
    rig.receive(...result(frame, "a", 0));
    rig.pong([]);
    await shown;
    expect([rig.given, rig.restarts]).toEqual([["a:5"], 0]);
  });

  it("are those of which only some has come", async () => {
    const frame = rig.ask();
    rig.receive(...result(frame, "a", 1));
    rig.pong([]);
    await rig.show(image(frame, 5));
    expect([rig.given, rig.restarts]).toEqual([[], 1]);
  });
});

describe("the same frame in all panels", () => {
  beforeEach(() => {
    rig.together = true;
  });

  it("is handed out when the last has finished it", async () => {
    const frame = await rig.take();
    rig.receive(...result(frame, "a", 1));
    expect(rig.given).toEqual([]);
    rig.receive(...result(frame, "b", 0));
    expect(rig.given).toEqual(["a:1", "b:1"]);
  });

  it("is none that one left out", async () => {
    const frame = await rig.take();
    rig.receive(...result(frame, "a", 1));
    rig.receive(without("skipped", frame, "b", 0));
    expect(rig.given).toEqual([]);
  });

  it("is one where a model fails: that cannot finish any", async () => {
    const frame = await rig.take();
    rig.receive(...result(frame, "a", 1));
    rig.receive(without("failed", frame, "b", 0));
    expect(rig.given).toEqual(["a:1"]);
  });

  it("lets the next frame fly only when all have answered", async () => {
    await rig.take();
    await rig.take();
    rig.receive(...result(1, "a", 1));
    expect(rig.frames.mayCapture).toBe(false);
    rig.receive(...result(1, "b", 0));
    expect(rig.frames.mayCapture).toBe(true);
  });

  it("is what is looked at while paused, though a model was changed meanwhile", async () => {
    const frame = rig.ask();
    await rig.show(image(frame, 5, false));
    rig.receive(...result(frame, "a", 1));
    rig.receive(without("skipped", frame, "b", 0));
    expect(rig.given).toEqual(["a:5"]);
  });
});

describe("frames that the kernel sends", () => {
  it("are known by the source's number", async () => {
    const frame = rig.ask();
    await rig.show(image(frame, 240));
    rig.receive(...result(frame, "a", 1));
    rig.receive(...result(frame, "b", 0));
    expect(rig.given).toEqual(["a:240", "b:240"]);
  });

  it("wait for their image, which takes time to decode", async () => {
    const frame = rig.ask();
    const shown = rig.show(image(frame, 5));
    rig.receive(...result(frame, "a", 1));
    rig.receive(...result(frame, "b", 0));
    expect(rig.given).toEqual([]);
    await shown;
    expect(rig.given).toEqual(["a:5", "b:5"]);
  });

  it("are freed where all left them out while they were decoded", async () => {
    const frame = rig.ask();
    const shown = rig.show(image(frame, 5));
    rig.receive(without("skipped", frame, "a", 0));
    await shown;
    expect(rig.given).toEqual([]);
  });

  it("are freed where the source was stopped meanwhile", async () => {
    const frame = rig.ask();
    const shown = rig.show(image(frame, 5));
    rig.stop();
    await shown;
    await rig.show(image(frame, 5));
    expect(rig.given).toEqual([]);
  });

  it("let another fly where they do not come", () => {
    const [first] = [rig.ask(), rig.ask()];
    expect(rig.frames.mayCapture).toBe(false);
    rig.frames.drop(first);
    expect(rig.frames.mayCapture).toBe(true);
  });
});

describe("a frame looked at again", () => {
  it("is the only one that is shown while paused", async () => {
    const live = await rig.take();
    const again = rig.ask();
    rig.wanted = ({ frame }) => frame === again;
    rig.receive(...result(live, "a", 0));
    await rig.show(image(again, live, false));
    rig.receive(...result(again, "a", 1));
    rig.receive(...result(again, "b", 0));
    expect(rig.given).toEqual([`a:${live}`, `b:${live}`]);
  });

  it("does not take the place of one that was asked for later", async () => {
    const [first, second] = [rig.ask(), rig.ask()];
    rig.receive(...result(first, "a", 0));
    rig.receive(...result(second, "a", 0));
    await rig.show(image(second, 6, false));
    await rig.show(image(first, 5, false));
    expect(rig.given).toEqual(["a:6"]);
  });

  it("counts for no rate", async () => {
    const frame = rig.ask();
    await rig.show(image(frame, 5, false));
    rig.receive(...result(frame, "a", 0));
    rig.results.drawn("a", frame);
    expect(rig.results.stats("a")).toBeNull();
    const live = await rig.take();
    rig.receive(...result(live, "a", 0));
    rig.results.drawn("a", live);
    expect(rig.results.stats("a")).not.toBeNull();
  });

  it("has the mask and poses that came with it", async () => {
    const frame = rig.ask();
    await rig.show(image(frame, 5, false));
    rig.receive(...result(frame, "a", 0, 77));
    expect(rig.all[0]?.mask).toMatchObject({ width: 1, height: 1 });
    expect(rig.all[0]?.mask.data).toEqual(Uint8Array.of(77));
    expect(rig.all[0]?.poses).toEqual([]);
  });
});
