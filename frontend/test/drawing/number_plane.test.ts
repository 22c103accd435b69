import { describe, expect, it } from "vitest";
import { PlaneEnlarger } from "../../src/drawing/number_plane";
import { NO_PLANES, WHOLE } from "../../src/source/mask";

function enlarged(from: number, size: number, mirror = false): number[] {
  const plane = Uint8Array.from({ length: from }, (_, at) => at);
  const mask = { data: plane, width: from, height: 1, region: WHOLE, ...NO_PLANES };
  return [...new PlaneEnlarger().enlarge(mask, plane, size, 1, mirror).subarray(0, size)];
}

describe("PlaneEnlarger", () => {
  // What cv2.resize returns with INTER_NEAREST_EXACT.
  it.each([
    [3, 7, [0, 0, 1, 1, 1, 2, 2]],
    [7, 3, [1, 3, 5]],
    [5, 12, [0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4]],
  ])("shows of %i pixels the nearest for each of %i, as in Python", (from, size, expected) => {
    expect(enlarged(from, size)).toEqual(expected);
    expect(enlarged(from, size, true)).toEqual([...expected].reverse());
  });

  it.each([
    [241, 480, 18482380],
    [256, 641, 35003424],
  ])("does so of %i pixels for %i", (from, size, sum) => {
    const all = enlarged(from, size);
    expect(all.reduce((total, number, at) => total + number * (at + 1), 0)).toBe(sum);
  });

  it("takes planes and regions of other sizes while it runs, row by row", () => {
    const enlarger = new PlaneEnlarger();
    const mask = (width: number, height: number) => ({
      ...{ data: new Uint8Array(0), width, height, region: WHOLE },
      ...NO_PLANES,
    });
    enlarger.enlarge(mask(1, 1), Uint8Array.of(9), 3, 3);
    const all = enlarger.enlarge(mask(2, 2), Uint8Array.of(1, 2, 3, 4), 4, 4);
    const rows = [0, 4, 8, 12].map((start) => [...all.subarray(start, start + 4)]);
    expect(rows).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
  });
});
