import { describe, expect, it } from "vitest";
import {
  coverage,
  cutoff,
  histogram,
  inPixels,
  inShares,
  lowestProbability,
  type Mask,
  meaningOf,
  NO_PLANES,
  probabilityAt,
  WHOLE,
} from "../../src/source/mask";

const mask: Mask = {
  data: Uint8Array.from([0, 255, 0, 255]),
  width: 2,
  height: 2,
  region: WHOLE,
  ...NO_PLANES,
};
/** The same in the right half of the image. */
const half: Mask = { ...mask, region: { left: 0.5, top: 0, width: 0.5, height: 1 } };
const nowhere: Mask = {
  data: new Uint8Array(0),
  width: 0,
  height: 0,
  region: { left: 0.5, top: 0.5, width: 0, height: 0 },
  ...NO_PLANES,
};

describe("probabilityAt", () => {
  it("is the pixel's own value at its center", () => {
    expect(probabilityAt(mask, 0.25, 0.25)).toBe(0);
    expect(probabilityAt(mask, 0.75, 0.25)).toBe(1);
  });

  it("is between its neighbors between their centers, and theirs at the edge", () => {
    expect(probabilityAt(mask, 0.5, 0.5)).toBe(0.5);
    expect(probabilityAt(mask, 0, 0)).toBe(0);
    expect(probabilityAt(mask, 1, 1)).toBe(1);
  });

  it("is read inside the region, and 0 outside of it", () => {
    expect(probabilityAt(half, 0.625, 0.25)).toBe(0);
    expect(probabilityAt(half, 0.75, 0.5)).toBe(0.5);
    expect(probabilityAt(half, 0.875, 0.25)).toBe(1);
    expect(probabilityAt(half, 1, 1)).toBe(1);
    expect(probabilityAt(half, 0.49, 0.25)).toBe(0);
    expect(probabilityAt(nowhere, 0.5, 0.5)).toBe(0);
  });
});

describe("histogram and coverage", () => {
  it("count the pixels at or above the threshold", () => {
    const counts = histogram(mask);
    expect(counts[0]).toBe(2);
    expect(counts[255]).toBe(2);
    expect(coverage(counts, 0.5)).toBe(0.5);
    expect(coverage(counts, 0)).toBe(1);
    expect(coverage(counts, 1)).toBe(0.5);
    expect(coverage(new Uint32Array(256), 0.5)).toBe(0);
  });

  it("count what the mask does not cover as no one", () => {
    const counts = histogram(half);
    expect([counts[0], counts[255]]).toEqual([6, 2]);
    expect(coverage(counts, 0.5)).toBe(0.25);
    expect(coverage(histogram(nowhere), 0.5)).toBe(0);
  });

  it("cut where upstream cuts: round(255 t), half up", () => {
    expect(cutoff(0.5)).toBe(128);
    expect(cutoff(0)).toBe(0);
    expect(cutoff(1)).toBe(255);
    expect(Math.round(lowestProbability(1) * 255 + 0.01)).toBe(255);
    expect(Math.round(lowestProbability(1) * 255 - 0.01)).toBe(254);
  });
});

describe("a region", () => {
  it("is the same in shares of the image and, rounded, in its pixels", () => {
    for (const left of [0, 1, 213, 639]) {
      const pixels = { left, top: 7, width: 640 - left, height: 473 };
      expect(inPixels(inShares(pixels, 640, 480), 640, 480)).toEqual(pixels);
    }
  });
});

it("a region in pixels stays within an image of any size", () => {
  const region = inShares({ left: 161, top: 121, width: 479, height: 359 }, 640, 480);
  expect(inPixels(region, 640, 480)).toEqual({ left: 161, top: 121, width: 479, height: 359 });
  for (let height = 1; height < 480; height += 1) {
    const width = Math.round((height * 640) / 480);
    const inside = inPixels(region, width, height);
    expect(inside.left + inside.width).toBe(width);
    expect(inside.top + inside.height).toBe(height);
  }
});

describe("what labels stand for", () => {
  it("is the number that Python gives it", () => {
    const classes = ["background", "hair"].map((name, value) => ({ name, value }));
    // As in the docstring of `meaning_of`.
    expect(meaningOf(classes)).toBe(1772417011);
    expect(meaningOf([{ name: "Gesicht \u00fc", value: 0 }])).toBe(400483648);
    expect(meaningOf([])).toBe(0);
  });
});
