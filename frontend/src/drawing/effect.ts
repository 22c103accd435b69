/** The effects of rendering/, in numbers: what both ways of drawing them have in common. */
import { BLUR } from "../generated";
import type { Color } from "./color";
import type { Parameters } from "./parameters";

/** What is behind people where the background is another one. */
export interface BackgroundPixels {
  /** What is drawn where `canvasOf` gives nothing. */
  readonly color: Color;
  /** Grows whenever `canvasOf` gives other pixels than before. */
  readonly version: number;
  canvasOf(width: number, height: number): OffscreenCanvas | null;
}

/** Which built-in effect is drawn, and how; amounts are in image pixels. */
export interface EffectLook {
  effect: string;
  parameters: Parameters;
  background: BackgroundPixels;
}

/**
 * The painter of an effect.
 *
 * @throws where there is none
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

/** The inside of people's outline. */
interface Contour {
  color: Color;
  /** In image pixels, up to `MAX_CONTOUR_WIDTH`. */
  width: number;
}

/** `to_binary_mask`'s colors; null where the mask is clear, or without a contour. */
export interface MaskColors {
  foreground: Color | null;
  background: Color | null;
  contour: Contour | null;
}

/** Those of the effect "mask". */
export function maskColors(parameters: Parameters): MaskColors {
  return {
    foreground: parameters.cover("mask_foreground"),
    background: parameters.cover("mask_background"),
    contour: parameters.switch("draw_contour")
      ? { color: parameters.color("contour_color"), width: parameters.number("contour_width") }
      : null,
  };
}

/** By how much people's outline is blurred before another background. */
export function edgeBlurOf(parameters: Parameters): number {
  // A soft edge is not blurred once more: see replace_background.
  return parameters.switch("soft") ? 0 : parameters.number("edge_blur_amount");
}

/** How an image is blurred: halved so many times that the rest of the blur is small. */
export interface Halved {
  /** How many pixels across make one small pixel: a power of two. */
  factor: number;
  /** The standard deviation that is left, in small pixels. */
  sigma: number;
  /**
   * Small pixels around the image's own: beyond an edge its very pixels go on, not the mean of
   * those that make one small pixel.
   */
  margin: number;
}

/** What the mean of so many pixels, and the straight lines between means, leave to blur. */
function leftOver(sigma: number, factor: number): number {
  const byItself = (factor ** 2 - 1) / 12 + factor ** 2 / 6;
  return Math.sqrt(Math.max(0, sigma ** 2 - byItself)) / factor;
}

export function halved(sigma: number): Halved {
  let factor = 1;
  while (leftOver(sigma, 2 * factor) >= BLUR.leastSigma) factor *= 2;
  if (factor === 1) return { factor, sigma, margin: 0 };
  return {
    factor,
    sigma: leftOver(sigma, factor),
    margin: Math.ceil((BLUR.reach * sigma) / factor),
  };
}

/** The size of an image of this size after that. */
export function halvedSize(width: number, height: number, { factor, margin }: Halved) {
  return {
    width: Math.ceil(width / factor) + 2 * margin,
    height: Math.ceil(height / factor) + 2 * margin,
  };
}

/** The weights of a pixel and of those 1, 2, … beside it on either side; they sum to 1. */
export function gaussian(sigma: number): number[] {
  const half = Array.from({ length: Math.ceil(BLUR.reach * sigma) + 1 }, (_, distance) =>
    Math.exp(-(distance ** 2) / (2 * sigma ** 2)),
  );
  const sum = 2 * half.reduce((a, b) => a + b) - 1;
  return half.map((weight) => weight / sum);
}

/** How many whole cells fit; the image has at least one. */
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
      covered[pixel] = Math.min((covered[pixel] ?? 0) + part, 1);
    }
  }
  return covered;
}
