import { describe, expect, it } from "vitest";
import { coverage, cutoff, histogram, probabilityAt } from "../src/picture";

const mask = { data: Uint8Array.from([0, 255, 0, 255]), width: 2, height: 2 };

describe("probabilityAt", () => {
  it("is the pixel's own value at its centre", () => {
    expect(probabilityAt(mask, 0.25, 0.25)).toBe(0);
    expect(probabilityAt(mask, 0.75, 0.25)).toBe(1);
  });

  it("is between its neighbours between their centres, and theirs at the edge", () => {
    expect(probabilityAt(mask, 0.5, 0.5)).toBe(0.5);
    expect(probabilityAt(mask, 0, 0)).toBe(0);
    expect(probabilityAt(mask, 1, 1)).toBe(1);
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

  it("cut where upstream cuts: round(255 t), half up", () => {
    expect(cutoff(0.5)).toBe(128);
    expect(cutoff(0)).toBe(0);
    expect(cutoff(1)).toBe(255);
  });
});
