/** One camera picture, shared by everybody who shows it and freed by the last. */
export class Picture {
  private holders = 1;

  constructor(
    readonly frame: number,
    readonly bitmap: ImageBitmap,
    /** When it was taken, by the browser's clock, ms. */
    readonly captured: number,
  ) {}

  hold(): this {
    this.holders += 1;
    return this;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders === 0) this.bitmap.close();
  }
}

/** Probabilities of a person, 8 bits each, row by row. */
export interface Mask {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * The probability at a place, 0 to 1, as a picture-sized mask would have it there.
 *
 * @param u 0 at the left edge of the picture, 1 at its right edge
 * @param v 0 at the top edge, 1 at the bottom edge
 */
export function probabilityAt({ data, width, height }: Mask, u: number, v: number): number {
  const x = Math.min(Math.max(u * width - 0.5, 0), width - 1);
  const y = Math.min(Math.max(v * height - 0.5, 0), height - 1);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const [fx, fy] = [x - left, y - top];
  const at = (column: number, row: number) => data[row * width + column] ?? 0;
  const upper = at(left, top) * (1 - fx) + at(right, top) * fx;
  const lower = at(left, bottom) * (1 - fx) + at(right, bottom) * fx;
  return (upper * (1 - fy) + lower * fy) / 255;
}

/** How many pixels have each of the 256 values. */
export function histogram({ data }: Mask): Uint32Array {
  const counts = new Uint32Array(256);
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] as number;
    counts[value] = (counts[value] as number) + 1;
  }
  return counts;
}

/** The smallest 8-bit value that counts as a person at `threshold`. */
export function cutoff(threshold: number): number {
  return Math.round(threshold * 255);
}

/** The share of the picture that counts as a person, 0 to 1. */
export function coverage(counts: Uint32Array, threshold: number): number {
  let all = 0;
  let person = 0;
  const lowest = cutoff(threshold);
  counts.forEach((count, value) => {
    all += count;
    if (value >= lowest) person += count;
  });
  return all ? person / all : 0;
}
