/** The computations that both renderers of effects share; see rendering/. */
import { BLUR } from "../generated";
import type { Color } from "./color";
import type { Parameters } from "./parameters";

/** A replaced background. */
export interface BackgroundPixels {
  /** Drawn if `canvasOf` returns null. */
  readonly color: Color;
  /** Increases whenever the pixels of `canvasOf` change. */
  readonly version: number;
  canvasOf(width: number, height: number): OffscreenCanvas | null;
}

/** A built-in effect and its parameters; amounts are in image pixels. */
export interface EffectLook {
  effect: string;
  parameters: Parameters;
  background: BackgroundPixels;
  /** The classes that it is for; null if the model has none of them. */
  classes: readonly ShownClass[] | null;
}

/** One of the model's classes, such as a body part. */
export interface ShownClass {
  /** Its value in the plane of labels. */
  value: number;
  color: Color;
}

/** The blur of the edge of faces: upstream's default, as in rendering/effects.py. */
export const FACE_EDGE_BLUR = 3;

/**
 * The painter of an effect.
 *
 * @throws if there is none
 */
export function painterOf<Painter>(
  painters: Readonly<Record<string, Painter>>,
  effect: string,
): Painter {
  const painter = painters[effect];
  if (painter) return painter;
  throw new Error(
    `There is no painter of the effect "${effect}", only of ${Object.keys(painters).join(", ")}.`,
  );
}

/** A line along the inside of people's outline. */
interface Contour {
  color: Color;
  /** In image pixels, up to `MAX_CONTOUR_WIDTH`. */
  width: number;
}

/** The colors of `to_binary_mask`; null for transparent, or no contour. */
export interface MaskColors {
  foreground: Color | null;
  background: Color | null;
  contour: Contour | null;
}

/** The colors of the effect "mask". */
export function maskColors(parameters: Parameters): MaskColors {
  return {
    foreground: parameters.cover("mask_foreground"),
    background: parameters.cover("mask_background"),
    contour: parameters.switch("draw_contour")
      ? { color: parameters.color("contour_color"), width: parameters.number("contour_width") }
      : null,
  };
}

/** The blur of people's outline in front of a replaced background. */
export function edgeBlurOf(parameters: Parameters): number {
  // Soft edges are not blurred again: see replace_background.
  return parameters.switch("soft") ? 0 : parameters.number("edge_blur_amount");
}

/** How an image is blurred: shrunk until the remaining blur is small. */
export interface Halved {
  /** Width of a small pixel in pixels: a power of two. */
  factor: number;
  /** The remaining standard deviation, in small pixels. */
  sigma: number;
  /**
   * Small pixels added around the image: its edge repeats single pixels, not means.
   */
  margin: number;
}

/** The standard deviation that remains after averaging and linear interpolation. */
function leftOver(sigma: number, factor: number): number {
  const byItself = (factor ** 2 - 1) / 12 + factor ** 2 / 6;
  return Math.sqrt(Math.max(0, sigma ** 2 - byItself)) / factor;
}

/** The largest side of a small pixel: in 16 bits there is room for the sum of its pixels. */
export const MAX_FACTOR = 16;

export function halved(sigma: number): Halved {
  let factor = 1;
  while (factor < MAX_FACTOR && leftOver(sigma, 2 * factor) >= BLUR.leastSigma) factor *= 2;
  if (factor === 1) return { factor, sigma, margin: 0 };
  return {
    factor,
    sigma: leftOver(sigma, factor),
    margin: Math.ceil((BLUR.reach * sigma) / factor),
  };
}

/** The size of an image after shrinking. */
export function halvedSize(width: number, height: number, { factor, margin }: Halved) {
  return {
    width: Math.ceil(width / factor) + 2 * margin,
    height: Math.ceil(height / factor) + 2 * margin,
  };
}

/** The weights of a pixel and of its neighbors 1, 2, … away on either side; they sum to 1. */
export function gaussian(sigma: number): number[] {
  const half = Array.from({ length: Math.ceil(BLUR.reach * sigma) + 1 }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * sigma ** 2)),
  );
  const sum = 2 * half.reduce((a, b) => a + b) - 1;
  return half.map((weight) => weight / sum);
}

/** How many whole cells fit; may be 0. */
export function cellsIn(length: number, cellWidth: number): number {
  return Math.floor(length / cellWidth);
}

/** How much of each pixel of a row the white lines between cells cover, 0 to 1. */
export function lineCover(length: number, cellWidth: number): Float32Array {
  const covered = new Float32Array(length);
  for (let line = 0; line <= cellsIn(length, cellWidth); line += 1) {
    // A line is half on one pixel and half on the next.
    const begin = line * cellWidth - 0.5;
    const first = Math.floor(begin);
    for (const pixel of [first, first + 1]) {
      if (pixel < 0 || pixel >= length) continue;
      const part = 1 - Math.abs(pixel - begin);
      covered[pixel] = Math.min((covered[pixel] ?? 0) + part, 1);
    }
  }
  return covered;
}
