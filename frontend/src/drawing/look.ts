import type { Side, View } from "../generated";
import type { MaskedImage } from "../source/source";
import type { EffectLook } from "./effect";

/** How a masked image is drawn. */
export interface Look {
  view: View;
  /** 0 to 1 */
  threshold: number;
  /** 0 to 1 */
  opacity: number;
  mirror: boolean;
}

/** Names of a skeleton's colors. */
export const SIDE_COLOR_NAMES: Record<Side, string> = {
  left: "sky blue",
  right: "orange",
  middle: "white",
};

/** Width of the contour inside of the outline, in image pixels. */
export const CONTOUR_WIDTH = 2;

/** Draws masked images into one canvas. */
export interface Renderer {
  readonly name: "webgl2" | "canvas2d";
  draw(masked: MaskedImage, look: Look, effect: EffectLook | null): void;
  /** Draw an image without a mask. */
  show(image: ImageBitmap | OffscreenCanvas, mirror: boolean): void;
  dispose(): void;
}
