import { describe, expect, it } from "vitest";
import type { ResultFields } from "../../src/generated";
import { readResult } from "../../src/source/worker/result";
import { packed } from "../packed";

const EMPTY = new DataView(new ArrayBuffer(0));
const IMAGE = { width: 64, height: 48 };

function fields(shape: [number, number]): ResultFields {
  return {
    shape,
    region: [0, 0, IMAGE.width, IMAGE.height],
    poses: [],
    timings: { wait: 0, decode: 0, infer: 0 },
  };
}

describe("the mask of a result", () => {
  it("is unpacked to the bit", () => {
    const levels = Uint8Array.from({ length: 144 * 256 }, (_, at) => (at * at) % 251);
    const { mask } = readResult(fields([144, 256]), packed(levels), EMPTY, IMAGE);
    expect([mask.width, mask.height]).toEqual([256, 144]);
    expect(mask.data).toEqual(levels);
  });

  it("is unpacked from what Python packs", () => {
    // PackedLevels.of(levels).data; tests/unit/test_mask.py has the same bytes.
    const bytes = atob("eAFjwAQ8H/5HMQCB3P//JxiAgH3Lf2YGGAAAixIG9w==");
    const data = new DataView(Uint8Array.from(bytes, (each) => each.charCodeAt(0)).buffer);
    const { mask } = readResult(fields([6, 8]), data, EMPTY, IMAGE);
    const rows = Array.from({ length: 6 }, (_, row) => [...mask.data.slice(8 * row, 8 * row + 8)]);
    expect(rows).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 12, 240, 255, 90, 0],
      [0, 0, 0, 30, 255, 255, 200, 0],
      [0, 0, 0, 7, 180, 255, 3, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it.each([
    ["nothing", EMPTY],
    ["levels that are not packed", new DataView(new ArrayBuffer(48))],
    ["the beginning of a mask", new DataView(packed(new Uint8Array(48)).buffer, 0, 8)],
    ["a smaller mask", packed(new Uint8Array(47))],
  ])("is not read from %s", (_, data) => {
    expect(() => readResult(fields([6, 8]), data, EMPTY, IMAGE)).toThrow();
  });
});
