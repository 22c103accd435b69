/** The built-in effects on canvas 2D. */
import type { BuiltinEffect } from "../generated";
import { type EffectLook, edgeBlurOf, maskColors } from "./effect";
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
} satisfies Record<BuiltinEffect, Painter>;
