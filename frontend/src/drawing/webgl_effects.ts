/** The built-in effects with WebGL2. */
import type { BuiltinEffect } from "../generated";
import { cellsIn, type EffectLook, edgeBlurOf, FACE_EDGE_BLUR, maskColors } from "./effect";
import { FOREGROUND } from "./webgl_matting";
import { EFFECT, type EffectPasses } from "./webgl_passes";

type Painter = (on: EffectPasses, effect: EffectLook) => void;

const BOKEH = `${EFFECT}
void main() {
  vec3 seen = texture(image, place).rgb;
  float share = blurred(alpha, alphaPlace).r;
  color = vec4(mix(blurred(under, underPlace).rgb, seen, share), 1.0);
}`;

const MASK = `${EFFECT}
uniform float opacity;
void main() {
  vec3 seen = texture(image, place).rgb;
  vec4 cover = blurred(under, underPlace);
  color = vec4(opacity * cover.rgb + (1.0 - opacity * cover.a) * seen, 1.0);
}`;

const PIXELATED = `${EFFECT}
uniform vec3 maskColor;
uniform float opacity;
uniform float cellWidth;
uniform vec2 cells;

float lineCover(float pixel, float last) {
  float sum = 0.0;
  float line = ceil((pixel - 0.5) / cellWidth);
  for (int step = 0; step < 3; step += 1, line += 1.0)
    if (line >= 0.0 && line <= last) sum += max(1.0 - abs(pixel + 0.5 - line * cellWidth), 0.0);
  return min(sum, 1.0);
}

void main() {
  vec3 seen = texture(image, place).rgb;
  vec2 pixel = floor(place * size);
  vec2 whole = max(cells, 1.0);
  vec2 cell = floor((pixel + 0.5) * whole / size);
  float clear = (1.0 - lineCover(pixel.x, cells.x)) * (1.0 - lineCover(pixel.y, cells.y));
  vec2 middle = (cell + 0.5) / whole;
  float share = texture(alpha, middle * alphaPlace.xy + alphaPlace.zw).r * clear;
  vec3 over = maskColor * share + 1.0 - clear;
  color = vec4(opacity * over + (1.0 - opacity * (share + 1.0 - clear)) * seen, 1.0);
}`;

const BACKGROUND = `${EFFECT}${FOREGROUND}
uniform bool decontaminate;
uniform bool isPlain;
uniform vec3 plain;
void main() {
  vec3 seen = texture(image, place).rgb;
  float share = blurred(alpha, alphaPlace).r;
  vec3 over = decontaminate ? foreground(seen, share, place) : seen;
  color = vec4(mix(isPlain ? plain : blurred(under, underPlace).rgb, over, share), 1.0);
}`;

export const WEBGL_PAINTERS: Readonly<Record<string, Painter>> = {
  bokeh(on, { parameters }) {
    const alpha = on.alpha(parameters.switch("soft"), parameters.number("edge_blur_amount"));
    const under = on.blurredImage(parameters.number("background_blur_amount"));
    on.compose(BOKEH, { alpha, under }, () => undefined);
  },

  mask(on, { parameters }) {
    const under = on.mask(maskColors(parameters), parameters.number("mask_blur_amount"));
    on.compose(MASK, { under }, (program, gl) => {
      gl.uniform1f(program.at("opacity"), parameters.number("opacity"));
    });
  },

  pixelated(on, { parameters }) {
    const alpha = on.alpha(parameters.switch("soft"), parameters.number("mask_blur_amount"));
    const cellWidth = parameters.number("pixel_cell_width");
    on.compose(PIXELATED, { alpha }, (program, gl, { width, height }) => {
      const [red, green, blue] = parameters.color("mask_color");
      gl.uniform3f(program.at("maskColor"), red / 255, green / 255, blue / 255);
      gl.uniform1f(program.at("opacity"), parameters.number("opacity"));
      gl.uniform1f(program.at("cellWidth"), cellWidth);
      // Counted here, because a graphics card may divide inexactly.
      gl.uniform2f(program.at("cells"), cellsIn(width, cellWidth), cellsIn(height, cellWidth));
    });
  },

  background(on, { parameters, background }) {
    const alpha = on.alpha(parameters.switch("soft"), edgeBlurOf(parameters));
    const under = on.otherBackground(background);
    const decontaminate = parameters.switch("decontaminate");
    if (decontaminate) on.prepareMatting(alpha);
    on.compose(BACKGROUND, { alpha, under }, (program, gl) => {
      const [red, green, blue] = background.color;
      gl.uniform1i(program.at("decontaminate"), decontaminate ? 1 : 0);
      gl.uniform1i(program.at("isPlain"), under ? 0 : 1);
      gl.uniform3f(program.at("plain"), red / 255, green / 255, blue / 255);
    });
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
    const under = on.classes(classes, rest, parameters.number("mask_blur_amount"));
    on.compose(MASK, { under }, (program, gl) => {
      gl.uniform1f(program.at("opacity"), parameters.number("opacity"));
    });
  },
} satisfies Record<BuiltinEffect, Painter>;

function blurClasses(
  on: EffectPasses,
  classes: EffectLook["classes"],
  amount: number,
  edge: number,
): void {
  const alpha = on.kept(classes, edge);
  on.compose(BOKEH, { alpha, under: on.blurredImage(amount) }, () => undefined);
}
