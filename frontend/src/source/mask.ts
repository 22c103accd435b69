/** Probability masks. */
import type { ClassName, PlaneMessage } from "../generated";

/** Of the CRC-32 that zlib has, with its bits in reverse. */
const CRC_POLYNOMIAL = 0xedb88320;

/** A rectangle in an image, in fractions of its width and height. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const WHOLE: Region = { left: 0, top: 0, width: 1, height: 1 };

/** Probabilities of a person, 8 bits each, row by row. */
export interface Mask {
  data: Uint8Array;
  width: number;
  height: number;
  /** The part of the image they cover; everywhere else the probability is 0. */
  region: Region;
  /** The value of each pixel's class; null for a model without classes. */
  labels: Uint8Array | null;
  /** What the values stand for, see `meaningOf`; null without labels, or if it is not known. */
  meaning: number | null;
  /** The number of the person a pixel belongs to, from 1 in the order of poses; 0 for no one.
   * Null where people are not told apart. */
  people: Uint8Array | null;
  /** Probabilities of single classes, by their values, 8 bits each; of those that are wanted. */
  classLevels: ReadonlyMap<number, Uint8Array>;
}

/** What a mask has beside its probabilities. */
type Planes = Pick<Mask, "labels" | "meaning" | "people" | "classLevels">;

/** What a mask of a model without classes has beside its probabilities. */
export const NO_PLANES: Planes = {
  labels: null,
  meaning: null,
  people: null,
  classLevels: new Map(),
};

/**
 * The planes of a mask.
 *
 * @param said what they are
 * @param planes their numbers, in the same order
 * @throws if one is missing
 */
export function planesOf(said: PlaneMessage[], planes: Uint8Array[]): Planes {
  if (said.length === 0) return NO_PLANES;
  const classLevels = new Map<number, Uint8Array>();
  const read = { ...NO_PLANES, classLevels };
  said.forEach(({ kind, value, meaning }, at) => {
    const plane = planes[at];
    if (!plane) throw new Error(`a plane of ${kind} is missing`);
    if (kind === "labels") read.meaning = meaning ?? null;
    if (kind !== "class") read[kind] = plane;
    else if (value !== undefined) classLevels.set(value, plane);
  });
  return read;
}

/** What label values stand for, as one number: see `PlaneMessage.meaning`. */
export function meaningOf(classes: readonly ClassName[]): number {
  const lines = classes.map(({ value, name }) => `${value} ${name}\n`).join("");
  return crc32(new TextEncoder().encode(lines));
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}

/** Convert a region to pixels of an image of this size. */
export function inPixels(region: Region, width: number, height: number): Region {
  // Rounded by its edges, so that it never reaches beyond the image.
  const [left, top] = [Math.round(region.left * width), Math.round(region.top * height)];
  return {
    left,
    top,
    width: Math.round((region.left + region.width) * width) - left,
    height: Math.round((region.top + region.height) * height) - top,
  };
}

/** The inverse of `inPixels`. */
export function inShares(region: Region, width: number, height: number): Region {
  return {
    left: region.left / width,
    top: region.top / height,
    width: region.width / width,
    height: region.height / height,
  };
}

/**
 * The interpolated probability at a place, 0 to 1.
 *
 * @param u 0 at the left edge of the image, 1 at its right edge
 * @param v 0 at the top edge, 1 at the bottom edge
 */
export function probabilityAt(mask: Mask, u: number, v: number): number {
  const { data, width, height, region } = mask;
  const across = (u - region.left) / region.width;
  const down = (v - region.top) / region.height;
  if (!(across >= 0 && across <= 1 && down >= 0 && down <= 1)) return 0;
  const x = Math.min(Math.max(across * width - 0.5, 0), width - 1);
  const y = Math.min(Math.max(down * height - 0.5, 0), height - 1);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const [fx, fy] = [x - left, y - top];
  const at = (column: number, row: number) => data[row * width + column] ?? 0;
  const upper = at(left, top) * (1 - fx) + at(right, top) * fx;
  const lower = at(left, bottom) * (1 - fx) + at(right, bottom) * fx;
  return (upper * (1 - fy) + lower * fy) / 255;
}

/**
 * The number of a plane at a place: that of the nearest pixel; 0 outside of the region.
 *
 * @param u 0 at the left edge of the image, 1 at its right edge
 * @param v 0 at the top edge, 1 at the bottom edge
 */
export function numberAt(mask: Mask, plane: Uint8Array, u: number, v: number): number {
  const { width, height, region } = mask;
  const across = (u - region.left) / region.width;
  const down = (v - region.top) / region.height;
  if (!(across >= 0 && across <= 1 && down >= 0 && down <= 1)) return 0;
  const column = Math.min(Math.floor(across * width), width - 1);
  const row = Math.min(Math.floor(down * height), height - 1);
  return plane[row * width + column] ?? 0;
}

/**
 * Count the pixels of each of the 256 values. The part of the image that the mask does not cover
 * counts as pixels of value 0.
 */
export function histogram({ data, region }: Mask): Uint32Array {
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  const area = region.width * region.height;
  const uncovered = area > 0 ? data.length * (1 / area - 1) : 1;
  counts[0] = (counts[0] ?? 0) + Math.round(uncovered);
  return counts;
}

/** The smallest 8-bit value that counts as a person at `threshold`. */
export function cutoff(threshold: number): number {
  return Math.round(threshold * 255);
}

/** The smallest probability that rounds to the cutoff, for interpolated values. */
export function lowestProbability(threshold: number): number {
  return (cutoff(threshold) - 0.5) / 255;
}

/** The share of the image that counts as a person, 0 to 1. */
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
