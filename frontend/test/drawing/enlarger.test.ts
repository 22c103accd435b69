import { describe, expect, it } from "vitest";
import { Enlarger } from "../../src/drawing/pixels";
import { type Mask, NO_PLANES, WHOLE } from "../../src/source/mask";

/** Bilinear with pixel centers aligned, each share in 256ths: slowly, and plain to see. */
function enlarged({ data, width: from, height: fromRows }: Mask, width: number, height: number) {
  const between = (index: number, size: number, old: number) => {
    const at = Math.min(Math.max(((index + 0.5) * old) / size - 0.5, 0), old - 1);
    const first = Math.floor(at);
    const share = Math.round((at - first) * 256);
    return { first, second: Math.min(first + 1, old - 1), share };
  };
  return Array.from({ length: width * height }, (_, index) => {
    const across = between(index % width, width, from);
    const down = between(Math.floor(index / width), height, fromRows);
    const row = (y: number) => {
      const [a, b] = [data[y * from + across.first] ?? 0, data[y * from + across.second] ?? 0];
      return a * 256 + (b - a) * across.share;
    };
    const [above, below] = [row(down.first), row(down.second)];
    return (above * 256 + (below - above) * down.share + 32768) >> 16;
  });
}

/** A mask with a person of noise in it, at `left` to `right` of some rows, and 0 elsewhere. */
const person = (width: number, height: number, left: number, right: number): Mask => ({
  data: Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return y > 1 && x >= left && x < right ? (index * 97) % 256 : 0;
  }),
  width,
  height,
  region: WHOLE,
  ...NO_PLANES,
});

describe("Enlarger", () => {
  it.each([
    ["in the middle", person(16, 9, 5, 9), 40, 30],
    ["at the left edge", person(16, 9, 0, 3), 41, 31],
    ["at the right edge", person(16, 9, 13, 16), 23, 17],
    ["of one column", person(7, 5, 3, 4), 100, 9],
    ["from edge to edge", person(8, 8, 0, 8), 5, 6],
    ["nowhere", person(6, 6, 0, 0), 12, 12],
  ])("leaves nothing of a person out who is %s", (_, mask, width, height) => {
    const enlarger = new Enlarger();
    // Whatever the mask before has left behind.
    enlarger.enlarge(person(9, 9, 0, 9), 50, 50);
    const plain = enlarged(mask, width, height);
    const pixels = enlarger.enlarge(mask, width, height).subarray(0, width * height);
    expect([...pixels]).toEqual(plain);
    const seen = enlarger.enlarge(mask, width, height, true).subarray(0, width * height);
    const mirrored = plain.map((_, index) => {
      const x = index % width;
      return plain[index - x + width - 1 - x];
    });
    expect([...seen]).toEqual(mirrored);
  });
});
