/**
 * Gaussian blur on bytes, two at a time. A number holds two bytes, in bits 0 to 7 and 16 to 23.
 * Weighted sums in 256ths fit into 16 bits each, so both lanes are computed at once.
 */
import type { Size } from "../kit/size";
import { gaussian, type Halved, halved, halvedSize } from "./effect";

/** Two bytes per pixel, row by row. */
export type Lanes = Int32Array<ArrayBuffer>;

export const LANE_BITS = 0x00ff00ff;
/** Half of the divisor in each lane, for rounding. */
export const HALF = 0x00800080;

/** Interpolate between two lanes; `share` is in 256ths of the second. */
export function between(first: number, second: number, share: number): number {
  return ((Math.imul(first, 256 - share) + Math.imul(second, share) + HALF) >>> 8) & LANE_BITS;
}

/** The weights in 256ths; they sum to 256. */
function weightsOf(sigma: number): Int32Array {
  const [, ...beside] = gaussian(sigma).map((weight) => Math.round(256 * weight));
  return Int32Array.of(256 - 2 * beside.reduce((a, b) => a + b, 0), ...beside);
}

/** Positions of a line's pixels between those of the small image. */
class Places {
  readonly first: Int32Array;
  readonly share: Int32Array;

  constructor(length: number, { factor, margin }: Halved) {
    this.first = new Int32Array(length);
    this.share = new Int32Array(length);
    for (let place = 0; place < length; place += 1) {
      const at = (place + 0.5) / factor + margin - 0.5;
      this.first[place] = Math.floor(at);
      this.share[place] = Math.round((at - Math.floor(at)) * 256);
    }
  }
}

/** Blurs images, reusing its buffers. */
export class Blur {
  private small: Lanes = new Int32Array(0);
  private across: Lanes = new Int32Array(0);
  private blurred: Lanes = new Int32Array(0);
  private line: Lanes = new Int32Array(0);

  /**
   * Blur an image with a standard deviation of 0 to `MAX_BLUR_AMOUNT` pixels; its edges are repeated
   * outward. The returned array may be longer and is overwritten by the next call; without a blur it
   * is `lanes`.
   */
  blur(lanes: Lanes, width: number, height: number, amount: number): Lanes {
    if (amount === 0) return lanes;
    const plan = halved(amount);
    const size = halvedSize(width, height, plan);
    const pixels = size.width * size.height;
    this.small = atLeast(this.small, pixels);
    this.across = atLeast(this.across, pixels);
    this.blurred = atLeast(this.blurred, width * height);
    const { small, across, blurred } = this;
    const weights = weightsOf(plan.sigma);
    if (plan.factor === 1) {
      this.blurAcross(lanes, across, size, weights);
      this.blurDown(across, blurred, size, weights);
      return blurred;
    }
    shrink(lanes, width, height, plan, small);
    this.blurAcross(small, across, size, weights);
    this.blurDown(across, small, size, weights);
    if (plan.factor === 2) double(small, size.width, plan.margin, blurred, width, height);
    else this.enlarge(small, size.width, plan, blurred, width, height);
    return blurred;
  }

  private blurAcross(from: Lanes, to: Lanes, { width, height }: Size, weights: Int32Array): void {
    const reach = weights.length - 1;
    const middle = weights[0]!;
    this.line = atLeast(this.line, width + 2 * reach);
    const { line } = this;
    for (let y = 0; y < height; y += 1) {
      const start = y * width;
      line.fill(from[start]!, 0, reach);
      line.set(from.subarray(start, start + width), reach);
      line.fill(from[start + width - 1]!, reach + width, width + 2 * reach);
      for (let x = 0; x < width; x += 1) {
        const at = x + reach;
        let sum = Math.imul(line[at]!, middle) + HALF;
        for (let away = 1; away <= reach; away += 1) {
          const both = line[at - away]! + line[at + away]!;
          sum = (sum + Math.imul(both, weights[away]!)) | 0;
        }
        to[start + x] = (sum >>> 8) & LANE_BITS;
      }
    }
  }

  private blurDown(from: Lanes, to: Lanes, { width, height }: Size, weights: Int32Array): void {
    const reach = weights.length - 1;
    const middle = weights[0]!;
    this.line = atLeast(this.line, width);
    const sums = this.line;
    for (let y = 0; y < height; y += 1) {
      const start = y * width;
      for (let x = 0; x < width; x += 1) sums[x] = Math.imul(from[start + x]!, middle) + HALF;
      for (let away = 1; away <= reach; away += 1) {
        const above = Math.max(y - away, 0) * width;
        const below = Math.min(y + away, height - 1) * width;
        const weight = weights[away]!;
        for (let x = 0; x < width; x += 1) {
          const both = from[above + x]! + from[below + x]!;
          sums[x] = sums[x]! + Math.imul(both, weight);
        }
      }
      for (let x = 0; x < width; x += 1) to[start + x] = (sums[x]! >>> 8) & LANE_BITS;
    }
  }

  private enlarge(
    small: Lanes,
    smallWidth: number,
    plan: Halved,
    to: Lanes,
    width: number,
    height: number,
  ): void {
    const [columns, rows] = [new Places(width, plan), new Places(height, plan)];
    this.line = atLeast(this.line, smallWidth);
    const { line } = this;
    const { first, share } = columns;
    for (let y = 0; y < height; y += 1) {
      const upper = rows.first[y]! * smallWidth;
      const lower = upper + smallWidth;
      const down = rows.share[y]!;
      for (let x = 0; x < smallWidth; x += 1)
        line[x] = between(small[upper + x]!, small[lower + x]!, down);
      const start = y * width;
      for (let x = 0; x < width; x += 1) {
        const at = first[x]!;
        to[start + x] = between(line[at]!, line[at + 1]!, share[x]!);
      }
    }
  }
}

/** Average squares of pixels. */
function shrink(lanes: Lanes, width: number, height: number, plan: Halved, to: Lanes): void {
  const { factor, margin } = plan;
  const size = halvedSize(width, height, plan);
  const shift = 2 * Math.log2(factor);
  const half = 1 << (shift - 1);
  const rounding = (half << 16) | half;
  const whole = Math.floor(width / factor);
  // Sums of up to `MAX_FACTOR` squared bytes fit into 16 bits.
  const sums = new Int32Array(width);
  const mean = (sum: number) => ((sum + rounding) >>> shift) & LANE_BITS;
  for (let y = 0; y < size.height; y += 1) {
    for (let row = 0; row < factor; row += 1) {
      const start = Math.min(Math.max((y - margin) * factor + row, 0), height - 1) * width;
      if (row === 0) sums.set(lanes.subarray(start, start + width));
      else for (let x = 0; x < width; x += 1) sums[x] = (sums[x]! + lanes[start + x]!) | 0;
    }
    let next = y * size.width;
    to.fill(mean(Math.imul(sums[0]!, factor)), next, next + margin);
    next += margin;
    let at = 0;
    for (let x = 0; x < whole; x += 1) {
      let sum = 0;
      for (const end = at + factor; at < end; at += 1) sum = (sum + sums[at]!) | 0;
      to[next] = mean(sum);
      next += 1;
    }
    // The last square repeats the edge pixel beyond the image.
    const last = sums[width - 1]!;
    let sum = Math.imul(last, factor - (width - at));
    for (let x = at; x < width; x += 1) sum = (sum + sums[x]!) | 0;
    if (at < width) {
      to[next] = mean(sum);
      next += 1;
    }
    to.fill(mean(Math.imul(last, factor)), next, (y + 1) * size.width);
  }
}

/** Half of 4 in each lane, for rounding. */
const TWO = 0x00020002;

/** Enlarge by 2: all weights are 1/4 or 3/4. */
function double(
  small: Lanes,
  smallWidth: number,
  margin: number,
  to: Lanes,
  width: number,
  height: number,
): void {
  const line = new Int32Array(smallWidth);
  const quarters = (near: number, far: number) =>
    ((near + near + near + far + TWO) >>> 2) & LANE_BITS;
  for (let y = 0; y < height; y += 1) {
    const near = ((y >> 1) + margin) * smallWidth;
    const far = near + (y & 1 ? smallWidth : -smallWidth);
    for (let x = 0; x < smallWidth; x += 1) line[x] = quarters(small[near + x]!, small[far + x]!);
    let before = line[margin - 1]!;
    let here = line[margin]!;
    // With an odd width, the extra pixel is overwritten by the next line.
    for (let at = y * width, x = margin + 1; at < (y + 1) * width; at += 2, x += 1) {
      const after = line[x]!;
      to[at] = quarters(here, before);
      to[at + 1] = quarters(here, after);
      before = here;
      here = after;
    }
  }
}

function atLeast(buffer: Lanes, length: number): Lanes {
  return buffer.length < length ? new Int32Array(length) : buffer;
}
