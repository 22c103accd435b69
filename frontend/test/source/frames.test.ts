import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AnswerMessage, PictureMessage, ResultMessage } from "../../src/generated";
import { Frames } from "../../src/source/frames";
import { MAX_IN_FLIGHT } from "../../src/source/in_flight";
import { Picture } from "../../src/source/picture";
import type { Answered } from "../../src/source/source";

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
  };
  return [message, [new DataView(Uint8Array.of(level).buffer), new DataView(new ArrayBuffer(0))]];
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

const picture = (frame: number, id: number, live = true): PictureMessage => ({
  kind: "picture",
  page: "page",
  frame,
  id,
  captured: 1000,
  capture: 2,
  live,
});

/** Frames with two streams that note what they are given, as `stream:id`. */
class Rig {
  together = false;
  wanted: (picture: Picture) => boolean = () => true;
  readonly given: string[] = [];
  readonly all: Answered[] = [];
  readonly frames = new Frames(
    () => this.together,
    (each) => this.wanted(each),
  );

  constructor() {
    const { signal } = new AbortController();
    for (const stream of ["a", "b"])
      this.frames.onResult(
        stream,
        (answered) => {
          this.given.push(`${stream}:${answered.picture.id}`);
          this.all.push(answered);
        },
        signal,
      );
  }

  /** The page takes a picture and sends it. */
  take(live = true): number {
    const frame = this.frames.take();
    this.frames.send(new Picture(frame, { video: 1, id: frame }, bitmap(), 0, live), 0);
    return frame;
  }

  /** The page asks the kernel for a picture. */
  ask(): number {
    const frame = this.frames.take();
    this.frames.await(frame);
    return frame;
  }

  show(message: PictureMessage) {
    return this.frames.show(message, new DataView(new ArrayBuffer(1)), 1);
  }
}

let rig: Rig;

beforeEach(() => {
  vi.stubGlobal("createImageBitmap", async () => bitmap());
  Bitmap.open = 0;
  rig = new Rig();
});
afterEach(() => {
  rig.frames.dispose();
  expect(Bitmap.open).toBe(0);
  vi.unstubAllGlobals();
});

describe("frames of the page's own", () => {
  it("are handed out as each stream answers", () => {
    const frame = rig.take();
    rig.frames.answer(...result(frame, "b", 1));
    expect(rig.given).toEqual(["b:1"]);
    rig.frames.answer(...result(frame, "a", 0));
    expect(rig.given).toEqual(["b:1", "a:1"]);
  });

  it("are freed when all have answered and nobody shows them", () => {
    for (const left of [1, 1, 1]) {
      const frame = rig.take();
      rig.frames.answer(...result(frame, "a", left));
      rig.frames.answer(without("skipped", frame, "b", 0), []);
    }
    // The last one of stream a.
    expect(Bitmap.open).toBe(1);
  });

  it("come to views that are added later", () => {
    rig.frames.answer(...result(rig.take(), "a", 0));
    const late: number[] = [];
    rig.frames.onResult("a", ({ picture: { id } }) => late.push(id), new AbortController().signal);
    expect(late).toEqual([1]);
  });

  it("are no more than may be on their way", () => {
    for (let each = 0; each < MAX_IN_FLIGHT; each += 1) rig.take();
    expect(rig.frames.flow.mayCapture()).toBe(false);
    rig.frames.answer(...result(1, "a", 1));
    expect(rig.frames.flow.mayCapture()).toBe(true);
  });

  it("that nobody asked about are no answer to anything", () => {
    rig.frames.answer(...result(99, "a", 0));
    expect(rig.given).toEqual([]);
  });

  it("are not shown once the source is stopped", () => {
    const frame = rig.take();
    rig.frames.clear();
    rig.frames.answer(...result(frame, "a", 0));
    expect(rig.given).toEqual([]);
    expect(rig.frames.flow.mayCapture()).toBe(true);
  });
});

describe("the same frame in all panels", () => {
  beforeEach(() => {
    rig.together = true;
  });

  it("is handed out when the last has finished it", () => {
    const frame = rig.take();
    rig.frames.answer(...result(frame, "a", 1));
    expect(rig.given).toEqual([]);
    rig.frames.answer(...result(frame, "b", 0));
    expect(rig.given).toEqual(["a:1", "b:1"]);
  });

  it("is none that one left out", () => {
    const frame = rig.take();
    rig.frames.answer(...result(frame, "a", 1));
    rig.frames.answer(without("skipped", frame, "b", 0), []);
    expect(rig.given).toEqual([]);
  });

  it("is one where a model fails: that cannot finish any", () => {
    const frame = rig.take();
    rig.frames.answer(...result(frame, "a", 1));
    rig.frames.answer(without("failed", frame, "b", 0), []);
    expect(rig.given).toEqual(["a:1"]);
  });

  it("lets the next frame fly only when all have answered", () => {
    rig.take();
    rig.take();
    rig.frames.answer(...result(1, "a", 1));
    expect(rig.frames.flow.mayCapture()).toBe(false);
    rig.frames.answer(...result(1, "b", 0));
    expect(rig.frames.flow.mayCapture()).toBe(true);
  });

  it("is what is looked at while paused, though a model was changed meanwhile", () => {
    const frame = rig.take(false);
    rig.frames.answer(...result(frame, "a", 1));
    rig.frames.answer(without("skipped", frame, "b", 0), []);
    expect(rig.given).toEqual(["a:1"]);
  });
});

describe("frames that the kernel sends", () => {
  it("are known by the source's number", async () => {
    const frame = rig.ask();
    await rig.show(picture(frame, 240));
    rig.frames.answer(...result(frame, "a", 1));
    rig.frames.answer(...result(frame, "b", 0));
    expect(rig.given).toEqual(["a:240", "b:240"]);
  });

  it("wait for their picture, which takes time to decode", async () => {
    const frame = rig.ask();
    const shown = rig.show(picture(frame, 5));
    rig.frames.answer(...result(frame, "a", 1));
    rig.frames.answer(...result(frame, "b", 0));
    expect(rig.given).toEqual([]);
    await shown;
    expect(rig.given).toEqual(["a:5", "b:5"]);
  });

  it("are freed where all left them out while they were decoded", async () => {
    const frame = rig.ask();
    const shown = rig.show(picture(frame, 5));
    rig.frames.answer(without("skipped", frame, "a", 0), []);
    expect(await shown).toBeNull();
  });

  it("are freed where the source was stopped meanwhile", async () => {
    const frame = rig.ask();
    const shown = rig.show(picture(frame, 5));
    rig.frames.clear();
    expect(await shown).toBeNull();
    expect(await rig.show(picture(frame, 5))).toBeNull();
  });

  it("let another fly where they do not come", () => {
    const [first] = [rig.ask(), rig.ask()];
    expect(rig.frames.flow.mayCapture()).toBe(false);
    rig.frames.drop(first);
    expect(rig.frames.flow.mayCapture()).toBe(true);
  });
});

describe("a frame looked at again", () => {
  it("is the only one that is shown while paused", async () => {
    const live = rig.take();
    const again = rig.ask();
    rig.wanted = ({ frame }) => frame === again;
    rig.frames.answer(...result(live, "a", 0));
    await rig.show(picture(again, live, false));
    rig.frames.answer(...result(again, "a", 1));
    rig.frames.answer(...result(again, "b", 0));
    expect(rig.given).toEqual([`a:${live}`, `b:${live}`]);
  });

  it("does not take the place of one that was asked for later", async () => {
    const [first, second] = [rig.ask(), rig.ask()];
    rig.frames.answer(...result(first, "a", 0));
    rig.frames.answer(...result(second, "a", 0));
    await rig.show(picture(second, 6, false));
    await rig.show(picture(first, 5, false));
    expect(rig.given).toEqual(["a:6"]);
  });

  it("counts for no rate", async () => {
    const frame = rig.ask();
    await rig.show(picture(frame, 5, false));
    rig.frames.answer(...result(frame, "a", 0));
    rig.frames.drawn("a", frame);
    expect(rig.frames.stats("a")).toBeNull();
    const live = rig.take();
    rig.frames.answer(...result(live, "a", 0));
    rig.frames.drawn("a", live);
    expect(rig.frames.stats("a")).not.toBeNull();
  });

  it("has the mask and poses that came with it", async () => {
    const frame = rig.ask();
    await rig.show(picture(frame, 5, false));
    rig.frames.answer(...result(frame, "a", 0, 77));
    expect(rig.all[0]?.mask).toMatchObject({ width: 1, height: 1 });
    expect(rig.all[0]?.mask.data).toEqual(Uint8Array.of(77));
    expect(rig.all[0]?.poses).toEqual([]);
  });
});
