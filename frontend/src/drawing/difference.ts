/**
 * Draws the difference of two masks, on bytes. The image is gray, so that colors only show
 * differences. As in pixels.ts, it runs for every image, so it reuses its buffers and computes in
 * integers.
 */
import type { DifferenceView } from "../generated";
import { cutoff, type Mask } from "../source/mask";
import type { Color } from "./color";
import { Enlarger, seenRegion } from "./pixels";

/** How two masks are drawn. */
export interface DifferenceLook {
  view: DifferenceView;
  /** 0 to 1, of each mask. */
  thresholds: { a: number; b: number };
  /** 0 to 1 */
  opacity: number;
  mirror: boolean;
}

/** Which masks have a person at a pixel. */
export type Category = "neither" | "a" | "b" | "both";

/** By bits: 1 for the first mask, 2 for the second. */
const CATEGORIES = ["neither", "a", "b", "both"] as const satisfies Category[];

/** Okabe and Ito's blue, orange and bluish green, distinguishable for color-blind people. */
export const CATEGORY_COLORS: Record<Exclude<Category, "neither">, Color> = {
  both: [0, 114, 178],
  a: [230, 159, 0],
  b: [0, 158, 115],
};

/** For no difference. Dark, so that brightness shows the amount. */
const ALIKE: Color = [24, 24, 24];

/** How much the image is darkened without a person, at most. */
const DIMMED = 0.5;

const LARGEST = 255;
/** Number of gray levels. */
const GRAYS = 256;

/** The color of a difference, -255 to 255; positive ones have the first mask's color. */
export function differenceColor(difference: number): Color {
  const end = difference > 0 ? CATEGORY_COLORS.a : CATEGORY_COLORS.b;
  const share = Math.abs(difference) / LARGEST;
  const [red, green, blue] = ALIKE.map((alike, channel) =>
    Math.round(alike + (end[channel]! - alike) * share),
  ) as [number, number, number];
  return [red, green, blue];
}

/** Each gray blended with each color by its share (0 to 1), as RGBA, color by color. */
function tones(colors: { color: Color; share: number }[]): Uint32Array {
  const bytes = new Uint8ClampedArray(4 * GRAYS * colors.length);
  let at = 0;
  for (const { color, share } of colors) {
    for (let gray = 0; gray < GRAYS; gray += 1) {
      for (const channel of color) {
        bytes[at] = gray + (channel - gray) * share;
        at += 1;
      }
      bytes[at] = LARGEST;
      at += 1;
    }
  }
  return new Uint32Array(bytes.buffer);
}

/** Each gray in the four categories, by their bits. */
export function categoryTones(opacity: number): Uint32Array {
  return tones(
    CATEGORIES.map((each) =>
      each === "neither"
        ? { color: [0, 0, 0], share: opacity * DIMMED }
        : { color: CATEGORY_COLORS[each], share: opacity },
    ),
  );
}

/** Each gray with each difference, from -255 to 255. */
export function differenceTones(opacity: number): Uint32Array {
  return tones(
    Array.from({ length: 2 * LARGEST + 1 }, (_, index) => ({
      color: differenceColor(index - LARGEST),
      share: opacity,
    })),
  );
}

/** The brightness of the pixel at a byte, 0 to 255. */
function grayOf(image: Uint8ClampedArray, at: number): number {
  const [red, green] = [image[at]!, image[at + 1]!];
  return (77 * red + 150 * green + 29 * image[at + 2]! + 128) >> 8;
}

/** The category of a pixel's two 8-bit probabilities. */
export function category(a: number, b: number, { a: forA, b: forB }: DifferenceLook["thresholds"]) {
  const bits = (a >= cutoff(forA) ? 1 : 0) + (b >= cutoff(forB) ? 2 : 0);
  return CATEGORIES[bits] as Category;
}

/** The shares of the categories in an image, 0 to 1. */
export type Shares = Record<Category, number>;

/**
 * Paint the agreement over an image.
 *
 * @param image RGBA; it is overwritten
 * @param a 8-bit probabilities of the image's pixels
 * @param colors `categoryTones`
 */
export function paintAgreement(
  image: Uint8ClampedArray<ArrayBuffer>,
  a: Uint8Array,
  b: Uint8Array,
  { a: forA, b: forB }: DifferenceLook["thresholds"],
  colors: Uint32Array,
): void {
  const pixels = new Uint32Array(image.buffer);
  const [lowestA, lowestB] = [cutoff(forA), cutoff(forB)];
  const { length } = pixels;
  for (let index = 0; index < length; index += 1) {
    const inA = a[index]! >= lowestA ? 1 : 0;
    const inB = b[index]! >= lowestB ? 1 : 0;
    pixels[index] = colors[((inA + 2 * inB) << 8) + grayOf(image, 4 * index)]!;
  }
}

/** The 8-bit probabilities of two masks at an image's pixels; the arrays may be longer. */
export interface LevelPair {
  a: Uint8Array;
  b: Uint8Array;
  /** The number of pixels. */
  length: number;
}

/** Count the categories' shares of an image. */
export function agreementShares(
  { a, b, length }: LevelPair,
  { a: forA, b: forB }: DifferenceLook["thresholds"],
): Shares {
  const [lowestA, lowestB] = [cutoff(forA), cutoff(forB)];
  let [countA, countB, both] = [0, 0, 0];
  for (let index = 0; index < length; index += 1) {
    const inA = a[index]! >= lowestA ? 1 : 0;
    const inB = b[index]! >= lowestB ? 1 : 0;
    countA += inA;
    countB += inB;
    both += inA & inB;
  }
  return {
    both: both / length,
    a: (countA - both) / length,
    b: (countB - both) / length,
    neither: (length - countA - countB + both) / length,
  };
}

/**
 * Paint the difference a - b over an image, with `differenceTones`.
 */
export function paintDifference(
  image: Uint8ClampedArray<ArrayBuffer>,
  a: Uint8Array,
  b: Uint8Array,
  colors: Uint32Array,
): void {
  const pixels = new Uint32Array(image.buffer);
  const { length } = pixels;
  for (let index = 0; index < length; index += 1) {
    const difference = a[index]! - b[index]! + LARGEST;
    pixels[index] = colors[(difference << 8) + grayOf(image, 4 * index)]!;
  }
}

/** Enlarges masks to the whole image; 0 outside of their region. */
export class WholeEnlarger {
  private readonly enlarger = new Enlarger();
  private whole = new Uint8Array(0);

  /** The mask at the image's size; see `Enlarger.enlarge`. */
  enlarge(mask: Mask, width: number, height: number, mirror: boolean): Uint8Array {
    const region = seenRegion(mask, width, height, mirror);
    const all = width * height;
    const covered = region.width * region.height;
    if (covered === all) return this.enlarger.enlarge(mask, width, height, mirror);
    if (this.whole.length === all) this.whole.fill(0);
    else this.whole = new Uint8Array(all);
    if (covered === 0) return this.whole;
    const inside = this.enlarger.enlarge(mask, region.width, region.height, mirror);
    for (let y = 0; y < region.height; y += 1) {
      const row = inside.subarray(y * region.width, (y + 1) * region.width);
      this.whole.set(row, (region.top + y) * width + region.left);
    }
    return this.whole;
  }
}
