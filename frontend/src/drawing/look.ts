import type { View } from "../generated";
import type { Side } from "../source/pose";
import type { MaskedPicture } from "../source/source";
import type { EffectLook } from "./effect";

/** How a masked picture is drawn. */
export interface Look {
  view: View;
  /** 0 to 1 */
  threshold: number;
  /** 0 to 1 */
  opacity: number;
  mirror: boolean;
}

/** The colors of a skeleton in words. */
export const SIDE_COLOR_NAMES: Record<Side, string> = {
  left: "sky blue",
  right: "orange",
  middle: "white",
};

/** How far from the outline its line reaches into the person, in picture pixels. */
export const CONTOUR_WIDTH = 2;

/** Draws masked pictures into one canvas. */
export interface Renderer {
  readonly name: "webgl2" | "canvas2d";
  draw(masked: MaskedPicture, look: Look, effect: EffectLook | null): void;
  /** Draw a picture as it is. */
  show(picture: ImageBitmap | OffscreenCanvas, mirror: boolean): void;
  dispose(): void;
}
