/** What a view has of the effects that come along: one trait for each of their parameters. */
import type { Background } from "../drawing/backdrop";

export interface EffectTraits {
  background_blur_amount: number;
  edge_blur_amount: number;
  pixel_cell_width: number;
  opacity: number;
  soft: boolean;
  background: Background;
  decontaminate: boolean;
  mask_foreground: string;
  mask_background: string;
  mask_blur_amount: number;
  draw_contour: boolean;
  contour_color: string;
  contour_width: number;
}
