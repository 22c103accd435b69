/**
 * Estimates people's own colors in soft edges, as rendering/matting.py does. It always runs on the
 * CPU: for so small an image that is faster than a graphics card with enough precision.
 */
import { MATTING } from "../generated";
import type { Size } from "../kit/size";
import { between, LANE_BITS, type Lanes } from "./blur";
import { gaussian } from "./effect";
import { Line } from "./pixels";

/** The size of the small image for estimating colors. */
export function smallSize(width: number, height: number): Size {
  const factor = Math.max(1, roundHalfEven(Math.max(width, height) / MATTING.smallSide));
  return {
    width: Math.max(1, Math.floor(width / factor)),
    height: Math.max(1, Math.floor(height / factor)),
  };
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Shrink an image by averaging. */
export function means(lanes: Lanes, { width, height }: Size, small: Size): Lanes {
  const found = new Int32Array(small.width * small.height);
  const [first, second] = [new Int32Array(small.width), new Int32Array(small.width)];
  const columns = borders(width, small.width);
  const rows = borders(height, small.height);
  for (let row = 0; row < small.height; row += 1) {
    first.fill(0);
    second.fill(0);
    const [top, bottom] = [rows[row]!, rows[row + 1]!];
    for (let y = top; y < bottom; y += 1) {
      let at = y * width;
      for (let column = 0; column < small.width; column += 1) {
        let sum = 0;
        // The sum of up to 257 bytes fits into 16 bits.
        for (const end = y * width + columns[column + 1]!; at < end; at += 1)
          sum = (sum + lanes[at]!) | 0;
        first[column] = first[column]! + (sum & 0xffff);
        second[column] = second[column]! + (sum >>> 16);
      }
    }
    for (let column = 0; column < small.width; column += 1) {
      const across = columns[column + 1]! - columns[column]!;
      const count = across * (bottom - top);
      const [one, other] = [first[column]!, second[column]!];
      found[row * small.width + column] =
        Math.round(one / count) | (Math.round(other / count) << 16);
    }
  }
  return found;
}

/** The borders of a small line's pixels in the full line. */
function borders(length: number, small: number): Int32Array {
  return Int32Array.from({ length: small + 1 }, (_, place) => Math.floor((place * length) / small));
}

/** The estimated foreground and background around each place, as a small RGBA image. */
export interface Colors extends Size {
  front: Uint8ClampedArray<ArrayBuffer>;
  behind: Uint8ClampedArray<ArrayBuffer>;
}

/** Color, color times foreground share, share, and squared share. */
const PARTS = 8;

/**
 * Estimate the colors by least squares, as in Python.
 *
 * @param small RGBA; alpha is the foreground share
 */
export function colorsAround(small: Uint8Array, { width, height }: Size): Colors {
  const pixels = width * height;
  const parts = new Float64Array(PARTS * pixels);
  for (let at = 0, from = 0; at < parts.length; at += PARTS, from += 4) {
    const share = small[from + 3]! / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      const seen = small[from + channel]!;
      parts[at + channel] = seen;
      parts[at + 3 + channel] = seen * share;
    }
    parts[at + 6] = share;
    parts[at + 7] = share * share;
  }
  const across = new Float64Array(parts.length);
  blurLines(parts, across, { length: width, step: PARTS, lines: height, next: PARTS * width });
  blurLines(across, parts, { length: height, step: PARTS * width, lines: width, next: PARTS });
  const [front, behind] = [new Uint8ClampedArray(4 * pixels), new Uint8ClampedArray(4 * pixels)];
  for (let at = 0, to = 0; at < parts.length; at += PARTS, to += 4) {
    const share = parts[at + 6]!;
    const square = parts[at + 7]!;
    const both = share - square;
    const squareFront = square + MATTING.doubt;
    const squareBehind = 1 - 2 * share + square + MATTING.doubt;
    const determinant = squareFront * squareBehind - both * both;
    const doubtFront = 1 + MATTING.doubt / (share + MATTING.least);
    const doubtBehind = 1 + MATTING.doubt / (1 - share + MATTING.least);
    for (let channel = 0; channel < 3; channel += 1) {
      const ofFront = parts[at + 3 + channel]!;
      const byFront = ofFront * doubtFront;
      const byBehind = (parts[at + channel]! - ofFront) * doubtBehind;
      front[to + channel] = (byFront * squareBehind - byBehind * both) / determinant;
      behind[to + channel] = (byBehind * squareFront - byFront * both) / determinant;
    }
    front[to + 3] = 255;
    behind[to + 3] = 255;
  }
  return { width, height, front, behind };
}

interface Lines {
  /** The number of places in a line, and their distance. */
  length: number;
  step: number;
  /** The number of lines, and their distance. */
  lines: number;
  next: number;
}

const WEIGHTS = gaussian(MATTING.sigma);

function blurLines(from: Float64Array, to: Float64Array, { length, step, lines, next }: Lines) {
  const last = length - 1;
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0; place < length; place += 1) {
      const at = line * next + place * step;
      for (let part = 0; part < PARTS; part += 1) to[at + part] = WEIGHTS[0]! * from[at + part]!;
      for (let away = 1; away < WEIGHTS.length; away += 1) {
        const weight = WEIGHTS[away]!;
        const before = line * next + Math.max(place - away, 0) * step;
        const after = line * next + Math.min(place + away, last) * step;
        for (let part = 0; part < PARTS; part += 1)
          to[at + part] = to[at + part]! + weight * (from[before + part]! + from[after + part]!);
      }
    }
  }
}

/** Sets soft pixels to the foreground's own color. */
export class Decontaminator {
  private columns = new Line(0, 0);
  private rows = new Line(0, 0);

  /**
   * @param image RGBA; it is modified
   * @param alpha the foreground share of each pixel, 0 to 255
   */
  apply(
    image: Uint8ClampedArray,
    alpha: Lanes,
    { width, height }: Size,
    { width: from, height: fromRows, front, behind }: Colors,
  ): void {
    if (!this.columns.fits(width, from)) this.columns = new Line(width, from);
    if (!this.rows.fits(height, fromRows)) this.rows = new Line(height, fromRows);
    const { columns, rows } = this;
    const small = [new Int32Array(front.buffer), new Int32Array(behind.buffer)] as const;
    const [frontOdd, frontEven, behindOdd, behindEven] = lanesOfRows(from);
    for (let y = 0; y < height; y += 1) {
      let ready = false;
      for (let x = 0; x < width; x += 1) {
        const index = y * width + x;
        const share = alpha[index]!;
        if (share === 0 || share === 255) continue;
        if (!ready) {
          const upper = rows.first[y]! * from;
          const lower = rows.second[y]! * from;
          const down = rows.share[y]!;
          mixRows(small[0], upper, lower, down, frontOdd, frontEven);
          mixRows(small[1], upper, lower, down, behindOdd, behindEven);
          ready = true;
        }
        const left = columns.first[x]!;
        const right = columns.second[x]!;
        const part = columns.share[x]!;
        const odd = between(frontOdd[left]!, frontOdd[right]!, part);
        const even = between(frontEven[left]!, frontEven[right]!, part);
        const otherOdd = between(behindOdd[left]!, behindOdd[right]!, part);
        const otherEven = between(behindEven[left]!, behindEven[right]!, part);
        const at = 4 * index;
        image[at] = own(image[at]!, odd & 255, otherOdd & 255, share);
        image[at + 1] = own(image[at + 1]!, even & 255, otherEven & 255, share);
        image[at + 2] = own(image[at + 2]!, odd >>> 16, otherOdd >>> 16, share);
      }
    }
  }
}

/** The foreground's own part of a pixel's value. */
function own(seen: number, front: number, behind: number, share: number): number {
  const mixed = share * front + (255 - share) * behind;
  return front + share * (255 * seen - mixed) * (1 / 65025);
}

function lanesOfRows(width: number): [Lanes, Lanes, Lanes, Lanes] {
  const row = () => new Int32Array(width);
  return [row(), row(), row(), row()];
}

/** Interpolate between two rows; `share` is in 256ths of the lower. */
function mixRows(
  small: Int32Array,
  upper: number,
  lower: number,
  share: number,
  odd: Lanes,
  even: Lanes,
): void {
  for (let x = 0; x < odd.length; x += 1) {
    const [above, below] = [small[upper + x]!, small[lower + x]!];
    odd[x] = between(above & LANE_BITS, below & LANE_BITS, share);
    even[x] = between((above >>> 8) & LANE_BITS, (below >>> 8) & LANE_BITS, share);
  }
}
