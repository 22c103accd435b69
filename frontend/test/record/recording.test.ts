import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recording, whyUnrecordable } from "../../src/record/recording";

// Files share their modules, and those of this one have something else in place of the image.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());
vi.mock("../../src/record/view_image", () => ({
  ViewImage: class {
    canvas = {
      width: 320,
      height: 240,
      captureStream: () => ({ getVideoTracks: () => [{ stop() {}, requestFrame() {} }] }),
    };
    layOut() {}
    draw() {}
  },
}));

/** The browser's encoder, which gives the parts that it is told to. */
class Recorder {
  static last: Recorder;
  state = "inactive";
  ondataavailable = (_: { data: Part }) => {};
  onerror = () => {};
  onstop = () => {};

  constructor() {
    Recorder.last = this;
  }

  start() {
    this.state = "recording";
  }

  stop() {
    this.state = "inactive";
    queueMicrotask(() => this.onstop());
  }

  give(...parts: Part[]) {
    for (const data of parts) this.ondataavailable({ data });
  }
}

interface Part {
  size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A part of the video of so many bytes, which can be read or not. */
const part = (size: number): Part => ({ size, arrayBuffer: async () => new ArrayBuffer(size) });
const unreadable: Part = {
  size: 1,
  arrayBuffer: () => Promise.reject(new Error("NotReadableError")),
};

/** What the kernel hears. */
let heard: (number | string)[] = [];

function begin(): Recording {
  return new Recording({} as HTMLElement, "video/webm", 15, {
    chunk: (data) => heard.push(data.byteLength),
    heartbeat: () => heard.push("heartbeat"),
    end: (problem) => heard.push(`end: ${problem}`),
  });
}

/** Until all parts are read that can be. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  heard = [];
  const listening = { addEventListener() {} };
  vi.stubGlobal("MediaRecorder", Recorder);
  vi.stubGlobal("document", { visibilityState: "visible", ...listening });
  vi.stubGlobal("window", { setInterval: () => 1, clearInterval() {}, ...listening });
});
afterEach(() => vi.unstubAllGlobals());

describe("a recording in the page", () => {
  it("hands on all parts in their order, and then its end", async () => {
    const recording = begin();
    Recorder.last.give(part(1), part(2));
    recording.stop();
    Recorder.last.give(part(3));
    await settle();
    expect(heard).toEqual([1, 2, 3, "end: "]);
  });

  it("ends as failed with a part that cannot be read, and leaves no gap", async () => {
    begin();
    Recorder.last.give(part(1), unreadable, part(3));
    await settle();
    expect(Recorder.last.state).toBe("inactive");
    expect(heard).toEqual([
      1,
      expect.stringMatching(/^end: The browser lost a part .*NotReadableError.* Record again/),
    ]);
  });

  it("ends as failed where its last part is lost after it was stopped", async () => {
    const recording = begin();
    recording.stop();
    Recorder.last.give(unreadable);
    await settle();
    expect(heard).toEqual([expect.stringMatching(/^end: The browser lost a part/)]);
  });

  it("keeps the first problem", async () => {
    const recording = begin();
    recording.stop("The recorder was removed from the page.");
    Recorder.last.give(unreadable);
    await settle();
    expect(heard).toEqual(["end: The recorder was removed from the page."]);
  });
});

describe("a browser", () => {
  it.each([
    ["cannot record video", undefined, undefined, /^This browser cannot record video/],
    ["has no canvas to ask for images, as Firefox", Recorder, undefined, /^This .* Firefox/],
    ["has one that cannot be asked", Recorder, class {}, /^This browser cannot record the view/],
  ])("that %s is told so", (_, recorder, track, said) => {
    vi.stubGlobal("MediaRecorder", recorder);
    vi.stubGlobal("CanvasCaptureMediaStreamTrack", track);
    expect(whyUnrecordable()).toMatch(said);
  });

  it("that can be asked for images records the view", () => {
    const track = class {
      requestFrame() {}
    };
    vi.stubGlobal("CanvasCaptureMediaStreamTrack", track);
    expect(whyUnrecordable()).toBeNull();
  });
});
