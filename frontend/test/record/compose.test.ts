import { describe, expect, it } from "vitest";
import { fileSize } from "../../src/kit/file_size";
import { arrange, type Box, fitTo, TITLE_HEIGHT, videoSize, wrap } from "../../src/record/compose";
import { clockTime } from "../../src/record/view_recorder";

const box = (left: number, top: number, width = 400, height = 300): Box => ({
  left,
  top,
  width,
  height,
});
const ROW = TITLE_HEIGHT + 300 + 8;

describe("arrange", () => {
  it("gives one image a margin and a strip for its title", () => {
    expect(arrange([box(50, 900)])).toEqual({
      width: 416,
      height: ROW + 8,
      places: [box(8, 8 + TITLE_HEIGHT)],
    });
  });

  it("keeps rows and columns, and leaves out what is between them on the page", () => {
    const { width, height, places } = arrange([
      box(0, 100),
      box(600, 100),
      box(0, 800),
      box(600, 800),
    ]);
    const top = 8 + TITLE_HEIGHT;
    expect(places).toEqual([box(8, top), box(416, top), box(8, top + ROW), box(416, top + ROW)]);
    expect([width, height]).toEqual([824, 8 + 2 * ROW]);
  });

  it("goes by the page, not by the order in which panels were made", () => {
    const { places } = arrange([box(600, 100), box(0, 110)]);
    expect(places.map(({ left }) => left)).toEqual([416, 8]);
  });

  it("takes panels for one row whose heads differ in height", () => {
    const { places } = arrange([box(0, 100), box(500, 140), box(1000, 60)]);
    expect(new Set(places.map(({ top }) => top))).toEqual(new Set([8 + TITLE_HEIGHT]));
  });

  it("makes room for the tallest of a row", () => {
    const { places } = arrange([box(0, 0, 400, 300), box(500, 0, 300, 400), box(0, 700)]);
    expect(places[2]?.top).toBe(8 + TITLE_HEIGHT + 400 + 8 + TITLE_HEIGHT);
  });

  it("gives whole pixels, so that images stay sharp", () => {
    const { places } = arrange([box(0.3, 0, 399.6, 299.7), box(500, 0)]);
    expect(places[0]).toEqual(box(8, 8 + TITLE_HEIGHT));
  });
});

describe("videoSize", () => {
  it("is even, as encoders want it", () => {
    expect(videoSize({ width: 657, height: 523 })).toEqual([658, 524]);
  });

  it("scales six large panels down, all of them alike", () => {
    const [width, height] = videoSize({ width: 4000, height: 2000 });
    expect(width * height).toBeLessThanOrEqual(1920 * 1080 * 1.01);
    expect(width / height).toBeCloseTo(2, 1);
  });
});

describe("fitTo", () => {
  it("draws pixel for pixel where only the rounding differs", () => {
    expect(fitTo({ width: 657, height: 523 }, 658, 524)).toEqual({ scale: 1, left: 0, top: 0 });
  });

  it("puts panels that have become fewer into the middle", () => {
    expect(fitTo({ width: 400, height: 400 }, 1200, 800)).toEqual({ scale: 2, left: 200, top: 0 });
  });

  it("scales panels that have become more down", () => {
    expect(fitTo({ width: 1200, height: 800 }, 600, 600)).toEqual({
      scale: 0.5,
      left: 0,
      top: 100,
    });
  });
});

describe("wrap", () => {
  const length = (text: string) => text.length;

  it("breaks between words, and never leaves one out", () => {
    expect(wrap("Nobody found: step back", 12, length)).toEqual(["Nobody", "found: step", "back"]);
    expect(wrap("a Donaudampfschiff b", 5, length)).toEqual(["a", "Donaudampfschiff", "b"]);
  });

  it("has no lines for no text", () => {
    expect(wrap("", 10, length)).toEqual([]);
  });
});

describe("what the button says beside it", () => {
  it("shows times as a clock does", () => {
    expect([0, 5.9, 75, 3600 + 125].map(clockTime)).toEqual(["0:00", "0:05", "1:15", "1:02:05"]);
  });

  it("shows sizes as people read them", () => {
    expect([0, 51_200, 1_500_000].map(fileSize)).toEqual(["0 kB", "51 kB", "1.5 MB"]);
  });
});
