import type { Side, View } from "../generated";
import type { Mask } from "../source/mask";
import type { ColorTable } from "./class_colors";
import type { Color } from "./color";
import type { EffectLook } from "./effect";

/** How a masked image is drawn. */
export interface Look {
  view: View;
  /** 0 to 1 */
  threshold: number;
  /** 0 to 1 */
  opacity: number;
  /** Of the mask and of the contour. */
  maskColor: Color;
  mirror: boolean;
  /** What the views "parts" and "people" color; null for other views. */
  colored: Colored | null;
}

/** A plane of numbers of the mask's shape, and the color of each number. */
export interface Colored {
  plane: Uint8Array;
  colors: ColorTable;
}

/** Names of a skeleton's colors. */
export const SIDE_COLOR_NAMES: Record<Side, string> = {
  left: "sky blue",
  right: "orange",
  middle: "white",
};

/** Width of the contour inside of the outline, in pixels of the canvas: as clear in small images. */
export const CONTOUR_WIDTH = 2;

/** An image, at the size at which it is drawn, and its mask. */
export interface Masked {
  bitmap: ImageBitmap;
  mask: Mask;
}

export type RendererName = "webgl2" | "canvas2d";

/** Draws masked images into one canvas. */
export interface Renderer {
  readonly name: RendererName;
  /** The same object is not read again. */
  draw(masked: Masked, look: Look, effect: EffectLook | null): void;
  /** Draw an image without a mask. */
  show(image: ImageBitmap | OffscreenCanvas, mirror: boolean): void;
  dispose(): void;
}
