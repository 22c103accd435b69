import { describe, expect, it } from "vitest";
import { place } from "../../src/source/timeline";
import type { TimelineState } from "../../src/source/timeline_state";

const LIVE: TimelineState = { count: 300, index: 299, id: 712, span: 9.96, ago: 0, video: false };
const VIDEO: TimelineState = { count: 250, index: 12, id: 12, span: 10, ago: 9.5, video: true };

describe("where one is", () => {
  it("is not said where nothing can be looked at", () => {
    expect(place({ ...LIVE, count: 0 }, false)).toBe("");
  });

  it("is how much is kept, while it is live", () => {
    expect(place(LIVE, false)).toBe("live · 10.0 s kept");
  });

  it("is the frame and how long ago it was, while paused", () => {
    expect(place({ ...LIVE, index: 236, id: 649, ago: 2.13 }, true)).toBe(
      "frame 649 · −2.1 s of 10.0 s kept",
    );
  });

  it("is the image's number in a video, of the numbers that there are", () => {
    expect(place(VIDEO, true)).toBe("frame 12 of 249 · 10.0 s");
    expect(place(VIDEO, false)).toBe("frame 12 of 249 · 10.0 s");
    expect(place({ ...VIDEO, index: 0, id: 0 }, true)).toBe("frame 0 of 249 · 10.0 s");
  });

  it("is nowhere yet, before a video's first image", () => {
    expect(place({ ...VIDEO, index: -1, id: null }, false)).toBe("frame – of 249 · 10.0 s");
  });
});
