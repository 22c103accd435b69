/** The effects of rendering/, in numbers: what both ways of drawing them have in common. */
import type { Backdrop } from "./backdrop";
import { TEAL } from "./look";

/** The effects that come along. */
export const BUILT_IN = ["bokeh", "mask", "pixelated", "background"] as const;

export type Effect = (typeof BUILT_IN)[number];

export type Colour = readonly [red: number, green: number, blue: number];

/** The inside of people's outline. */
export interface Contour {
  colour: Colour;
  /** In picture pixels, up to `MOST_CONTOUR`. */
  width: number;
}

export const MOST_CONTOUR = 10;

/** Which effect is drawn, and how; amounts are in picture pixels. */
export interface EffectLook {
  effect: Effect;
  /** Standard deviations, up to 20. */
  backgroundBlur: number;
  edgeBlur: number;
  /** At least 1. */
  cellWidth: number;
  soft: boolean;
  maskBlur: number;
  /** null where the mask is clear. */
  maskForeground: Colour | null;
  maskBackground: Colour | null;
  /** null for none. */
  contour: Contour | null;
  /** What is behind people where the background is another one. */
  backdrop: Pick<Backdrop, "colour" | "version" | "canvasOf">;
  decontaminate: boolean;
}

/** By how much it is blurred how much of each pixel is a person. */
export function alphaBlurOf({ effect, edgeBlur, maskBlur, soft }: EffectLook): number {
  if (effect === "pixelated") return maskBlur;
  if (effect === "mask") return 0;
  // A soft edge before another background is not blurred once more: see replace_background.
  return effect === "background" && soft ? 0 : edgeBlur;
}

/** How a picture is blurred: halved so many times that the rest of the blur is small. */
export interface Halved {
  /** How many pixels across make one small pixel: a power of two. */
  factor: number;
  /** The standard deviation that is left, in small pixels. */
  sigma: number;
  /**
   * Small pixels around the picture's own: beyond an edge its very pixels go on, not the mean of
   * those that make one small pixel.
   */
  margin: number;
}

/** As in rendering/blur.py, whose result the live one is held to. */
const LEAST_SIGMA = 1;
const REACH = 3;

/** What the mean of so many pixels, and the straight lines between means, leave to blur. */
function leftOver(sigma: number, factor: number): number {
  const byItself = (factor ** 2 - 1) / 12 + factor ** 2 / 6;
  return Math.sqrt(Math.max(0, sigma ** 2 - byItself)) / factor;
}

export function halved(sigma: number): Halved {
  let factor = 1;
  while (leftOver(sigma, 2 * factor) >= LEAST_SIGMA) factor *= 2;
  if (factor === 1) return { factor, sigma, margin: 0 };
  return { factor, sigma: leftOver(sigma, factor), margin: Math.ceil((REACH * sigma) / factor) };
}

/** The size of a picture of this size after that. */
export function halvedSize(width: number, height: number, { factor, margin }: Halved) {
  return {
    width: Math.ceil(width / factor) + 2 * margin,
    height: Math.ceil(height / factor) + 2 * margin,
  };
}

/** The weights of a pixel and of those 1, 2, … beside it on either side; they sum to 1. */
export function gaussian(sigma: number): number[] {
  const half = Array.from({ length: Math.ceil(REACH * sigma) + 1 }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * sigma ** 2)),
  );
  const sum = 2 * half.reduce((a, b) => a + b) - 1;
  return half.map((weight) => weight / sum);
}

/** How many whole cells fit; the picture has at least one. */
export function cellsIn(length: number, cellWidth: number): number {
  return Math.floor(length / cellWidth);
}

/** How much of each pixel of a row the white lines between cells cover, 0 to 1. */
export function lineCover(length: number, cellWidth: number): Float32Array {
  const covered = new Float32Array(length);
  for (let line = 0; line <= cellsIn(length, cellWidth); line += 1) {
    // Half on one pixel and half on the next.
    const begin = line * cellWidth - 0.5;
    const first = Math.floor(begin);
    for (const pixel of [first, first + 1]) {
      if (pixel < 0 || pixel >= length) continue;
      const part = 1 - Math.abs(pixel - begin);
      covered[pixel] = Math.min((covered[pixel] as number) + part, 1);
    }
  }
  return covered;
}

/** The same, or "transparent". */
export function parseCover(text: string): Colour | null {
  return text === "transparent" ? null : parseColour(text);
}

/** A colour as CSS and `<input type=color>` write it: #rrggbb. */
export function parseColour(text: string): Colour {
  const digits = /^#([0-9a-f]{6})$/i.exec(text)?.[1];
  if (digits === undefined) return TEAL;
  const all = Number.parseInt(digits, 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}
