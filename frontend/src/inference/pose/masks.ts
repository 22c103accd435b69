/**
 * People's masks in the image, smoothed over time and put together: `pose/blazepose/masks.py`,
 * `segmentation/smoothing.py`, and `all_together` of `streaming/frame_model.py`.
 */
import { roundHalfToEven } from "../warp";

/** An upright part of an image, pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The probability in one part of an image; it is 0 elsewhere. */
export interface PlacedMask {
  /** A number for each pixel of `region`, 0 to 1. */
  readonly probability: Float32Array;
  readonly region: Region;
}

/** A mask as displays read it: the probability times 255. */
export interface Levels {
  readonly levels: Uint8Array;
  /** Of `levels`, which is stretched over the region. */
  readonly width: number;
  readonly height: number;
  readonly region: Region;
}

/** Number of pixels of the network's mask. */
const MODEL_PIXELS = 256 * 256;
const COMBINE_WITH_PREVIOUS = 0.7;
const MAX_LEVEL = 255;

/** Smooths one person's masks from frame to frame. */
export class PersonMaskSmoother {
  private previous: PlacedMask | null = null;

  /**
   * Smooth a mask in place, and keep it for the next one. Outside its region the mask is 0, which is
   * so certain that the previous one would add at most 0.00003.
   */
  run(mask: PlacedMask): void {
    if (this.previous) smooth(mask, this.previous);
    this.previous = mask;
  }
}

/** Blend a mask with the previous one where it is uncertain, in place: a copy takes twice as long. */
function smooth({ region, probability }: PlacedMask, previous: PlacedMask): void {
  const before = previous.region;
  const [across, down] = [region.left - before.left, region.top - before.top];
  for (let y = 0, at = 0; y < region.height; y += 1) {
    const row = y + down;
    const isRowKnown = row >= 0 && row < before.height;
    for (let x = 0; x < region.width; x += 1, at += 1) {
      const value = probability[at]!;
      // As certain as can be, like most of a mask: the previous one would add at most 0.00003.
      if (value === 0 || value === 1) continue;
      const column = x + across;
      const isKnown = isRowKnown && column >= 0 && column < before.width;
      const last = isKnown ? previous.probability[row * before.width + column]! : 0;
      probability[at] = value + (last - value) * (1 - certainty(value)) * COMBINE_WITH_PREVIOUS;
    }
  }
}

/** How certain a probability is: a polynomial of (p - 0.5) squared, at most 1. */
function certainty(probability: number): number {
  const x = (probability - 0.5) * (probability - 0.5);
  return Math.min(
    1,
    x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717)))),
  );
}

/** The mask of several people. */
export interface Together extends Levels {
  /** The number of the person that each of `levels` belongs to, from 1; 0 for nobody. */
  readonly people: Uint8Array;
}

/** Put people's masks together: each pixel takes the highest probability, and is of its person. */
export function allTogether(
  people: readonly PlacedMask[],
  size: { width: number; height: number },
): Together {
  const [first, ...others] = people.filter((mask) => mask.probability.length > 0);
  if (!first) {
    const [levels, nobody] = [new Uint8Array(1), new Uint8Array(1)];
    return { levels, width: 1, height: 1, region: whole(size), people: nobody };
  }
  if (others.length === 0) {
    const alone = levelsOf(first, reduced(first.region, MODEL_PIXELS));
    return { ...alone, people: alone.levels.map((level) => Math.min(level, 1)) };
  }
  const masks = [first, ...others];
  const region = around(masks.map((mask) => mask.region));
  const probability = new Float32Array(region.width * region.height);
  const numbers = new Uint8Array(probability.length);
  for (const [index, mask] of masks.entries())
    raise({ probability, numbers, region }, mask, index + 1);
  const sizes = masks.map((mask) => [reduced(mask.region, MODEL_PIXELS), mask.region] as const);
  const finest = {
    width: fineEnough(
      sizes.map(([values, pixels]) => values.width / pixels.width),
      region.width,
    ),
    height: fineEnough(
      sizes.map(([values, pixels]) => values.height / pixels.height),
      region.height,
    ),
  };
  const fitted = reduced(finest, MODEL_PIXELS * masks.length);
  return {
    ...levelsOf({ probability, region }, fitted),
    people: nearest(numbers, region, fitted),
  };
}

function whole({ width, height }: { width: number; height: number }): Region {
  return { left: 0, top: 0, width, height };
}

function around(regions: readonly Region[]): Region {
  const left = Math.min(...regions.map((region) => region.left));
  const top = Math.min(...regions.map((region) => region.top));
  const right = Math.max(...regions.map((region) => region.left + region.width));
  const bottom = Math.max(...regions.map((region) => region.top + region.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** Whose each pixel of a region is, and how probable that is. */
interface Whose extends PlacedMask {
  readonly numbers: Uint8Array;
}

/** Raise probabilities in a region to those of a person's mask within it. */
function raise({ probability, numbers, region: all }: Whose, mask: PlacedMask, number: number) {
  const { region } = mask;
  for (let y = 0, from = 0; y < region.height; y += 1) {
    let to = (region.top - all.top + y) * all.width + region.left - all.left;
    for (const end = from + region.width; from < end; from += 1, to += 1) {
      const value = mask.probability[from]!;
      // Of equals the first counts.
      if (value <= probability[to]!) continue;
      probability[to] = value;
      // What is 0 in 8 bits is nobody's.
      if (value >= 0.5 / MAX_LEVEL) numbers[to] = number;
    }
  }
}

/** Scale numbers as `cv2.resize` does with `INTER_NEAREST_EXACT`. */
function nearest(
  numbers: Uint8Array,
  from: { width: number; height: number },
  to: { width: number; height: number },
): Uint8Array {
  const scaled = new Uint8Array(to.width * to.height);
  const columns = nearestOf(from.width, to.width);
  const rows = nearestOf(from.height, to.height);
  for (let y = 0, at = 0; y < to.height; y += 1) {
    const row = rows[y]! * from.width;
    for (let x = 0; x < to.width; x += 1, at += 1) scaled[at] = numbers[row + columns[x]!]!;
  }
  return scaled;
}

/** For each of `to` places, the nearest of `from`, in steps of 1/65536 as in OpenCV. */
function nearestOf(from: number, to: number): Int32Array {
  const step = Math.floor((from * 65536 + Math.floor(to / 2)) / to);
  const start = Math.floor(step / 2) - (from % 2);
  return Int32Array.from({ length: to }, (_, index) =>
    Math.min((step * index + start) >> 16, from - 1),
  );
}

/** How many values `length` pixels need, from the values per pixel of each mask. */
function fineEnough(steps: readonly number[], length: number): number {
  return Math.max(1, roundHalfToEven(length * Math.min(Math.max(...steps), 1)));
}

/** Scale a size down, never up, to at most so many pixels. */
export function reduced(
  { width, height }: { width: number; height: number },
  pixels: number,
): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(pixels / (height * width)));
  return {
    width: Math.max(1, Math.trunc(width * scale)),
    height: Math.max(1, Math.trunc(height * scale)),
  };
}

/** Resize a mask as `cv2.resize` does, bilinear with pixel centers aligned, and round it to 8 bits. */
export function levelsOf(
  { probability, region }: PlacedMask,
  { width, height }: { width: number; height: number },
): Levels {
  // It rounds halves to even, as OpenCV does.
  const levels = new Uint8ClampedArray(width * height);
  const columns = between(region.width, width);
  const rows = between(region.height, height);
  for (let y = 0, to = 0; y < height; y += 1) {
    const down = rows.shares[y]!;
    const upper = rows.lows[y]! * region.width;
    const lower = rows.highs[y]! * region.width;
    for (let x = 0; x < width; x += 1, to += 1) {
      const left = columns.lows[x]!;
      const right = columns.highs[x]!;
      const upperLeft = probability[upper + left]!;
      const upperRight = probability[upper + right]!;
      const lowerLeft = probability[lower + left]!;
      const lowerRight = probability[lower + right]!;
      // Most of a mask: nobody.
      if (upperLeft + upperRight + lowerLeft + lowerRight === 0) continue;
      const across = columns.shares[x]!;
      const above = upperLeft + (upperRight - upperLeft) * across;
      const below = lowerLeft + (lowerRight - lowerLeft) * across;
      levels[to] = (above + (below - above) * down) * MAX_LEVEL;
    }
  }
  return { levels: new Uint8Array(levels.buffer), width, height, region };
}

/** For each of `to` places, the two of `from` values that it is between, and its distance from the first. */
interface Between {
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  readonly shares: Float32Array;
}

function between(from: number, to: number): Between {
  const lows = new Int32Array(to);
  const highs = new Int32Array(to);
  const shares = new Float32Array(to);
  for (let index = 0; index < to; index += 1) {
    const place = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(place);
    lows[index] = low;
    highs[index] = Math.min(low + 1, from - 1);
    shares[index] = place - low;
  }
  return { lows, highs, shares };
}
