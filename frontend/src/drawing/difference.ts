/**
 * Where two masks of a picture differ, on bytes.
 *
 * As in pixels.ts: it runs for every picture, so it reuses its buffers and computes in integers.
 */
import { cutoff, type Mask } from "../mask";
import { Enlarger, packed, seenRegion } from "./pixels";

type Colour = readonly [red: number, green: number, blue: number];

export const DIFFERENCE_VIEWS = ["agreement", "difference"] as const;

export type DifferenceView = (typeof DIFFERENCE_VIEWS)[number];

/** How two masks are drawn. */
export interface DifferenceLook {
  view: DifferenceView;
  /** 0 to 1, of each of the two. */
  thresholds: { a: number; b: number };
  /** 0 to 1 */
  opacity: number;
  mirror: boolean;
}

/** Who takes a pixel for a person. */
export type Category = "neither" | "a" | "b" | "both";

/** By bits: 1 where the first does, 2 where the second does. */
const CATEGORIES = ["neither", "a", "b", "both"] as const satisfies Category[];

/** Okabe and Ito's blue, orange and bluish green, told apart by colour-blind people. */
export const CATEGORY_COLOURS: Record<Exclude<Category, "neither">, Colour> = {
  both: [0, 114, 178],
  a: [230, 159, 0],
  b: [0, 158, 115],
};

/** Where the two are alike. Dark, so that the brightness tells how much they differ. */
const ALIKE: Colour = [24, 24, 24];

/** How much the picture is darkened where neither sees a person, at most, in 255ths. */
const DIMMED = 128;

const LARGEST = 255;

/** The colours of the four categories, packed, by their bits. */
export function categoryColours(opacity: number): Uint32Array {
  const alpha = Math.round(opacity * LARGEST);
  return Uint32Array.from(CATEGORIES, (category) =>
    category === "neither"
      ? packed(0, 0, 0, Math.round(opacity * DIMMED))
      : packed(...CATEGORY_COLOURS[category], alpha),
  );
}

/** The colour of a difference, -255 to 255: the first's where it is positive. */
export function differenceColour(difference: number): Colour {
  const end = difference > 0 ? CATEGORY_COLOURS.a : CATEGORY_COLOURS.b;
  const share = Math.abs(difference) / LARGEST;
  const [red, green, blue] = ALIKE.map((alike, channel) =>
    Math.round(alike + ((end[channel] as number) - alike) * share),
  ) as [number, number, number];
  return [red, green, blue];
}

/** The colours of all differences, packed; that of -255 first. */
export function differenceColours(opacity: number): Uint32Array {
  const alpha = Math.round(opacity * LARGEST);
  return Uint32Array.from({ length: 2 * LARGEST + 1 }, (_, index) =>
    packed(...differenceColour(index - LARGEST), alpha),
  );
}

/** What two 8-bit probabilities of a pixel say of it. */
export function category(a: number, b: number, { a: forA, b: forB }: DifferenceLook["thresholds"]) {
  const bits = (a >= cutoff(forA) ? 1 : 0) + (b >= cutoff(forB) ? 2 : 0);
  return CATEGORIES[bits] as Category;
}

/** The shares of the categories in a picture, 0 to 1. */
export type Shares = Record<Category, number>;

/**
 * Write each pixel's colour of agreement.
 *
 * @param a 8-bit probabilities of the picture's pixels, and what counts as a person from where on
 * @param pixels where to write, RGBA; it says how many there are
 */
export function paintAgreement(
  a: Uint8Array,
  b: Uint8Array,
  { a: forA, b: forB }: DifferenceLook["thresholds"],
  colours: Uint32Array,
  pixels: Uint32Array,
): Shares {
  const [lowestA, lowestB] = [cutoff(forA), cutoff(forB)];
  let [countA, countB, both] = [0, 0, 0];
  const { length } = pixels;
  for (let index = 0; index < length; index += 1) {
    const inA = (a[index] as number) >= lowestA ? 1 : 0;
    const inB = (b[index] as number) >= lowestB ? 1 : 0;
    countA += inA;
    countB += inB;
    both += inA & inB;
    pixels[index] = colours[inA + 2 * inB] as number;
  }
  return {
    both: both / length,
    a: (countA - both) / length,
    b: (countB - both) / length,
    neither: (length - countA - countB + both) / length,
  };
}

/** Write each pixel's colour of difference, a less b. */
export function paintDifference(
  a: Uint8Array,
  b: Uint8Array,
  colours: Uint32Array,
  pixels: Uint32Array,
): void {
  const { length } = pixels;
  for (let index = 0; index < length; index += 1)
    pixels[index] = colours[(a[index] as number) - (b[index] as number) + LARGEST] as number;
}

/** Enlarges masks to all of a picture; what they do not cover is 0. */
export class WholeEnlarger {
  private readonly enlarger = new Enlarger();
  private whole = new Uint8Array(0);

  /** The mask at the picture's size, as `Enlarger.enlarge` gives it for its region. */
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
