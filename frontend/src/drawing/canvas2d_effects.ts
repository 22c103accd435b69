/** The built-in effects on canvas 2D. */
import type { BuiltinEffect } from "../generated";
import { type EffectLook, edgeBlurOf, FACE_EDGE_BLUR, maskColors } from "./effect";
import type { EffectCanvas } from "./effect_canvas";

type Painter = (on: EffectCanvas, effect: EffectLook) => void;

export const CANVAS_PAINTERS: Readonly<Record<string, Painter>> = {
  bokeh(on, { parameters }) {
    const soft = parameters.switch("soft");
    const alpha = on.alpha(soft, parameters.number("edge_blur_amount"));
    const under = on.blurredImage(parameters.number("background_blur_amount"));
    on.mix(on.image, under, alpha);
  },

  mask(on, { parameters }) {
    const blur = parameters.number("mask_blur_amount");
    on.cover(maskColors(parameters), blur, parameters.number("opacity"));
  },

  pixelated(on, { parameters }) {
    const soft = parameters.switch("soft");
    const alpha = on.alpha(soft, parameters.number("mask_blur_amount"));
    on.pixelate(alpha, {
      color: parameters.color("mask_color"),
      opacity: parameters.number("opacity"),
      width: parameters.number("pixel_cell_width"),
    });
  },

  background(on, { parameters, background }) {
    const alpha = on.alpha(parameters.switch("soft"), edgeBlurOf(parameters));
    const over = parameters.switch("decontaminate") ? on.decontaminated(alpha) : on.image;
    on.mix(over, on.otherBackground(background), alpha);
  },
  face_blur(on, { parameters, classes }) {
    blurClasses(on, classes, parameters.number("face_blur_amount"), FACE_EDGE_BLUR);
  },

  part_blur(on, { parameters, classes }) {
    const amount = parameters.number("part_blur_amount");
    blurClasses(on, classes, amount, parameters.number("edge_blur_amount"));
  },

  colored(on, { parameters, classes }) {
    const rest = parameters.cover("mask_background");
    const blur = parameters.number("mask_blur_amount");
    on.coverClasses(classes, rest, blur, parameters.number("opacity"));
  },
} satisfies Record<BuiltinEffect, Painter>;

function blurClasses(
  on: EffectCanvas,
  classes: EffectLook["classes"],
  amount: number,
  edge: number,
): void {
  const kept = on.kept(classes, edge);
  on.mix(on.image, on.blurredImage(amount), kept);
}
