/** Effects on the bytes of images. */

import { cutoff } from "../source/mask";
import { between, LANE_BITS, type Lanes } from "./blur";
import type { Color } from "./color";
import { cellsIn, lineCover } from "./effect";

/** The bytes of an image's pixels: first and third, second and fourth. */
export interface Split {
  odd: Lanes;
  even: Lanes;
}

const WHITE = 255;

/** Write how much of each pixel is foreground, 0 to 255: the probability, or all or nothing. */
export function alphaOf(levels: Uint8Array, threshold: number, soft: boolean, alpha: Lanes): void {
  const lowest = cutoff(threshold);
  for (let index = 0; index < alpha.length; index += 1) {
    const level = levels[index]!;
    const binary = level >= lowest ? 255 : 0;
    alpha[index] = soft ? level : binary;
  }
}

/** Blend an image over another one by `alpha`. */
export function mix(over: Uint32Array, under: Split, alpha: Lanes, to: Uint32Array): void {
  const { odd, even } = under;
  for (let index = 0; index < to.length; index += 1) {
    const seen = over[index]!;
    const level = alpha[index]!;
    // Most pixels need no blending.
    if (level === 255) {
      to[index] = seen;
      continue;
    }
    if (level === 0) {
      to[index] = odd[index]! | (even[index]! << 8);
      continue;
    }
    const share = level + (level >> 7);
    const first = between(odd[index]!, seen & LANE_BITS, share);
    to[index] = first | (between(even[index]!, (seen >>> 8) & LANE_BITS, share) << 8);
  }
}

/** How a mask is drawn in coarse cells. */
export interface Cells {
  color: Color;
  /** 0 to 1 */
  opacity: number;
  /** In pixels. */
  width: number;
}

/** Draw the mask over the image in coarse cells with white lines between them. */
export function pixelate(
  image: Uint8ClampedArray,
  width: number,
  height: number,
  alpha: Lanes,
  { color, opacity, width: cellWidth }: Cells,
): void {
  const columns = Math.max(cellsIn(width, cellWidth), 1);
  const rows = Math.max(cellsIn(height, cellWidth), 1);
  const [across, down] = [lineCover(width, cellWidth), lineCover(height, cellWidth)];
  const cells = new Float32Array(columns);
  let row = -1;
  for (let y = 0; y < height; y += 1) {
    const sampled = Math.floor(((y + 0.5) * rows) / height);
    if (sampled !== row) {
      row = sampled;
      for (let column = 0; column < columns; column += 1) {
        const [u, v] = [(column + 0.5) / columns, (row + 0.5) / rows];
        cells[column] = middle(alpha, width, height, u, v) / 255;
      }
    }
    for (let x = 0; x < width; x += 1) {
      const clear = (1 - across[x]!) * (1 - down[y]!);
      const share = cells[Math.floor(((x + 0.5) * columns) / width)]! * clear;
      if (share === 0 && clear === 1) continue;
      const under = 1 - opacity * (share + 1 - clear);
      const start = 4 * (y * width + x);
      for (let part = 0; part < 3; part += 1) {
        const over = color[part]! * share + WHITE * (1 - clear);
        image[start + part] = opacity * over + under * image[start + part]!;
      }
    }
  }
}

/** The interpolated value at a place, in fractions of the image. */
function middle(values: Lanes, width: number, height: number, u: number, v: number): number {
  const [x, y] = [u * width - 0.5, v * height - 0.5];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, line: number) =>
    values[
      Math.min(Math.max(line, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)
    ]!;
  const upper = at(left, top) * (left + 1 - x) + at(left + 1, top) * (x - left);
  const lower = at(left, top + 1) * (left + 1 - x) + at(left + 1, top + 1) * (x - left);
  return upper * (top + 1 - y) + lower * (y - top);
}

export function splitUp(image: ImageData, { odd, even }: Split): void {
  const pixels = new Uint32Array(image.data.buffer);
  for (let index = 0; index < pixels.length; index += 1) {
    const pixel = pixels[index]!;
    odd[index] = pixel & LANE_BITS;
    even[index] = (pixel >>> 8) & LANE_BITS;
  }
}

/** Join the colors of a split image with an alpha into RGBA bytes. */
export function joined({ odd, even }: Split, alpha: Lanes): Uint8Array {
  const pixels = alpha.map(
    (share, index) => odd[index]! | ((even[index]! & 255) << 8) | (share << 24),
  );
  return new Uint8Array(pixels.buffer);
}
