/**
 * The passes of WebGL2 effects. Textures have their rows in the order of images.
 */
import { MAX_CONTOUR_WIDTH } from "../generated";
import type { Size } from "../kit/size";
import { lowestProbability, type Mask, NO_PLANES, WHOLE as WHOLE_IMAGE } from "../source/mask";
import { colorTable } from "./class_colors";
import type { Color } from "./color";
import {
  type BackgroundPixels,
  gaussian,
  halved,
  halvedSize,
  type MaskColors,
  type ShownClass,
} from "./effect";
import type { Look, Masked } from "./look";
import { bindTexture, makeTexture, NUMBERS, PROBABILITY, Program, UNIT } from "./program";
import { Target } from "./render_target";
import { Matting } from "./webgl_matting";
import { NumberTexture } from "./webgl_numbers";

/** How much of each pixel is foreground. */
const ALPHA = `${PROBABILITY}
uniform vec2 size;
uniform float lowest;
uniform bool soft;
out vec4 color;
void main() {
  float p = probabilityAt(gl_FragCoord.xy / size);
  color = vec4(soft ? p : float(p >= lowest));
}`;

/** How much of each pixel stays as it is where classes are blurred: nothing but their outline. */
const KEPT = `${PROBABILITY}${NUMBERS}
uniform vec2 size;
uniform float lowest;
uniform uint wanted[8];
out vec4 color;
bool isPart(vec2 pixel) {
  vec2 at = clamp(pixel, vec2(0.5), size - 0.5) / size;
  uint label = uint(numberAt(at));
  return probabilityAt(at) >= lowest && (wanted[label >> 5u] >> (label & 31u) & 1u) == 1u;
}
void main() {
  vec2 pixel = gl_FragCoord.xy;
  bool inside = isPart(pixel) &&
    isPart(pixel + vec2(1.0, 0.0)) && isPart(pixel - vec2(1.0, 0.0)) &&
    isPart(pixel + vec2(0.0, 1.0)) && isPart(pixel - vec2(0.0, 1.0));
  color = vec4(inside ? 0.0 : 1.0);
}`;

/** `to_colored_mask` with premultiplied alpha. */
const CLASSES = `${PROBABILITY}${NUMBERS}
uniform vec2 size;
uniform float lowest;
uniform vec4 background;
uniform sampler2D table;
out vec4 color;
void main() {
  vec2 at = gl_FragCoord.xy / size;
  vec4 found = texelFetch(table, ivec2(numberAt(at), 0), 0);
  color = probabilityAt(at) >= lowest && found.a > 0.0 ? found : background;
}`;

/** `to_binary_mask` with premultiplied alpha. */
const MASK = `${PROBABILITY}
uniform vec2 size;
uniform float lowest;
uniform vec4 foreground;
uniform vec4 background;
uniform vec4 contour;
uniform int contourWidth;
out vec4 color;
bool person(vec2 pixel) { return probabilityAt(pixel / size) >= lowest; }
void main() {
  vec2 pixel = gl_FragCoord.xy;
  bool inside = person(pixel);
  color = inside ? foreground : background;
  for (int step = 1; inside && step <= contourWidth && step <= ${MAX_CONTOUR_WIDTH}; step += 1) {
    float away = float(step);
    inside = person(pixel + vec2(away, 0.0)) && person(pixel - vec2(away, 0.0)) &&
             person(pixel + vec2(0.0, away)) && person(pixel - vec2(0.0, away));
    if (!inside) color = contour;
  }
}`;

/** Averages squares of pixels. */
const SHRINK = `
uniform sampler2D source;
uniform int factor;
uniform int margin;
out vec4 color;
void main() {
  ivec2 last = textureSize(source, 0) - 1;
  ivec2 first = (ivec2(gl_FragCoord.xy) - margin) * factor;
  vec4 sum = vec4(0.0);
  for (int y = 0; y < factor; y += 1)
    for (int x = 0; x < factor; x += 1)
      sum += texelFetch(source, clamp(first + ivec2(x, y), ivec2(0), last), 0);
  color = sum / float(factor * factor);
}`;

/** One direction of a blur. */
export const MAX_WEIGHTS = 16;
const BLUR = `
uniform sampler2D source;
uniform ivec2 direction;
uniform int reach;
uniform float weights[${MAX_WEIGHTS}];
out vec4 color;
vec4 at(ivec2 where) {
  return texelFetch(source, clamp(where, ivec2(0), textureSize(source, 0) - 1), 0);
}
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  color = weights[0] * at(here);
  for (int away = 1; away <= reach; away += 1)
    color += weights[away] * (at(here + away * direction) + at(here - away * direction));
}`;

/** The inputs of effect programs. */
export const EFFECT = `
uniform sampler2D image;
uniform sampler2D alpha;
uniform sampler2D under;
uniform vec4 alphaPlace;
uniform vec4 underPlace;
uniform vec2 size;
in vec2 place;
out vec4 color;
vec4 blurred(sampler2D what, vec4 its) { return texture(what, place * its.xy + its.zw); }
`;

/** A texture, and the scale and offset of the image in it. */
interface Blurred {
  texture: WebGLTexture;
  place: readonly [number, number, number, number];
}

const WHOLE = [1, 1, 0, 0] as const;

/** Until the first mask. */
const NO_MASK: Mask = {
  data: new Uint8Array(1),
  width: 1,
  height: 1,
  region: WHOLE_IMAGE,
  ...NO_PLANES,
};

/** The labels of classes as 256 bits. */
function bitsOf(classes: readonly ShownClass[]): Uint32Array {
  const bits = new Uint32Array(8);
  for (const { value } of classes) bits[value >> 5] = (bits[value >> 5] ?? 0) | (1 << (value & 31));
  return bits;
}

/** An opaque or transparent color with premultiplied alpha. */
function covering(color: Color | null): [number, number, number, number] {
  if (!color) return [0, 0, 0, 0];
  const [red, green, blue] = color;
  return [red / 255, green / 255, blue / 255, 1];
}

export class EffectPasses {
  private readonly programs = new Map<string, Program>();
  private readonly whole: Target;
  private readonly wholeMask: Target;
  private readonly edges: readonly [Target, Target];
  private readonly backgrounds: readonly [Target, Target];
  /** Created on first use. */
  private matting: Matting | null = null;
  private background: { texture: WebGLTexture; version: number } | null = null;
  private size: Size = { width: 0, height: 0 };
  private drawn: Mask = NO_MASK;
  /** Created on first use. */
  private labels: NumberTexture | null = null;
  private table: WebGLTexture | null = null;
  private threshold = 0;
  private mirror = false;

  /** @param image the texture of the image */
  constructor(
    readonly gl: WebGL2RenderingContext,
    private readonly image: WebGLTexture,
  ) {
    this.whole = new Target(gl, 1, UNIT.source);
    this.wholeMask = new Target(gl, 4, UNIT.source);
    this.edges = [new Target(gl, 1, UNIT.source), new Target(gl, 1, UNIT.source)];
    this.backgrounds = [new Target(gl, 4, UNIT.source), new Target(gl, 4, UNIT.source)];
  }

  /** Start with the image and mask in the textures. */
  begin({ bitmap: { width, height }, mask }: Masked, { threshold, mirror }: Look): void {
    this.size = { width, height };
    this.drawn = mask;
    this.threshold = threshold;
    this.mirror = mirror;
  }

  /** The foreground share of each pixel, blurred. */
  alpha(soft: boolean, blur: number): Blurred {
    const { gl, size } = this;
    const program = this.beginWhole(this.whole, ALPHA);
    gl.uniform1i(program.at("soft"), soft ? 1 : 0);
    program.fill(size.width, size.height);
    return this.blurred(this.whole.texture, blur, this.edges);
  }

  /** The colored mask with premultiplied alpha, blurred. */
  mask({ foreground, background, contour }: MaskColors, blur: number): Blurred {
    const { gl, size } = this;
    const program = this.beginWhole(this.wholeMask, MASK);
    gl.uniform4f(program.at("foreground"), ...covering(foreground));
    gl.uniform4f(program.at("background"), ...covering(background));
    gl.uniform4f(program.at("contour"), ...covering(contour?.color ?? null));
    gl.uniform1i(program.at("contourWidth"), contour?.width ?? 0);
    program.fill(size.width, size.height);
    return this.blurred(this.wholeMask.texture, blur, this.backgrounds);
  }

  /**
   * How much of each pixel stays as it is where these classes are blurred, blurred at their edges;
   * nothing where it is not known where they are.
   */
  kept(classes: readonly ShownClass[] | null, edge: number): Blurred {
    const { gl, size, drawn } = this;
    const labels = classes && drawn.labels;
    if (!labels) {
      this.whole.begin(size.width, size.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return { texture: this.whole.texture, place: WHOLE };
    }
    const program = this.beginWhole(this.whole, KEPT);
    this.giveLabels(program, labels);
    gl.uniform1uiv(program.at("wanted"), bitsOf(classes));
    program.fill(size.width, size.height);
    return this.blurred(this.whole.texture, edge, this.edges);
  }

  /** The mask with these classes in their colors, blurred; empty where it is not known where. */
  classes(classes: readonly ShownClass[] | null, rest: Color | null, blur: number): Blurred {
    const { gl, size, drawn } = this;
    const labels = classes && drawn.labels;
    if (!labels) {
      this.wholeMask.begin(size.width, size.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return { texture: this.wholeMask.texture, place: WHOLE };
    }
    const program = this.beginWhole(this.wholeMask, CLASSES);
    this.giveLabels(program, labels);
    this.table ??= makeTexture(gl, UNIT.table, gl.NEAREST);
    bindTexture(gl, UNIT.table, this.table);
    const colors = colorTable(classes.map(({ value, color }) => [value, color] as const));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colors);
    gl.uniform4f(program.at("background"), ...covering(rest));
    program.fill(size.width, size.height);
    return this.blurred(this.wholeMask.texture, blur, this.backgrounds);
  }

  /** The image, blurred. */
  blurredImage(amount: number): Blurred {
    return this.blurred(this.image, amount, this.backgrounds);
  }

  /** A replaced background; null for a color. */
  otherBackground(background: BackgroundPixels): Blurred | null {
    const { gl, size } = this;
    const canvas = background.canvasOf(size.width, size.height);
    if (!canvas) return null;
    this.background ??= { texture: makeTexture(gl, UNIT.under, gl.NEAREST), version: 0 };
    const { texture, version } = this.background;
    if (background.version !== version) {
      bindTexture(gl, UNIT.under, texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
      this.background.version = background.version;
    }
    return { texture, place: WHOLE };
  }

  /** Estimate the colors for programs with FOREGROUND. */
  prepareMatting(alpha: Blurred): void {
    const { gl, size } = this;
    bindTexture(gl, UNIT.alpha, alpha.texture);
    this.matting ??= new Matting(gl);
    this.matting.prepare(size.width, size.height, alpha.place);
  }

  /**
   * Draw the effect on the canvas.
   *
   * @param fragment starts with EFFECT
   * @param set sets the program's uniforms
   */
  compose(
    fragment: string,
    { alpha, under }: { alpha?: Blurred; under?: Blurred | null },
    set: (program: Program, gl: WebGL2RenderingContext, size: Size) => void,
  ): void {
    const { gl, size } = this;
    const program = this.program(fragment);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    program.use();
    if (alpha) {
      bindTexture(gl, UNIT.alpha, alpha.texture);
      gl.uniform4f(program.at("alphaPlace"), ...alpha.place);
    }
    if (under) {
      bindTexture(gl, UNIT.under, under.texture);
      gl.uniform4f(program.at("underPlace"), ...under.place);
    }
    gl.uniform2f(program.at("size"), size.width, size.height);
    gl.uniform1i(program.at("bodyseg_mirror"), this.mirror ? 1 : 0);
    set(program, gl, size);
    program.fill(size.width, size.height);
  }

  dispose(): void {
    for (const each of this.programs.values()) each.dispose();
    for (const each of [this.whole, this.wholeMask, ...this.edges, ...this.backgrounds])
      each.dispose();
    this.matting?.dispose();
    this.labels?.dispose();
    if (this.table) this.gl.deleteTexture(this.table);
    if (this.background) this.gl.deleteTexture(this.background.texture);
  }

  private giveLabels(program: Program, labels: Uint8Array): void {
    this.labels ??= new NumberTexture(this.gl);
    this.labels.give(program, this.drawn, labels, this.size);
  }

  private program(fragment: string): Program {
    let program = this.programs.get(fragment);
    if (!program) {
      program = new Program(this.gl, fragment);
      this.programs.set(fragment, program);
    }
    return program;
  }

  /** Start a program that fills a target of the image's size from the probability. */
  private beginWhole(target: Target, fragment: string): Program {
    const { gl, size } = this;
    const { region } = this.drawn;
    const program = this.program(fragment);
    target.begin(size.width, size.height);
    program.use();
    gl.uniform4f(program.at("region"), region.left, region.top, region.width, region.height);
    gl.uniform2f(program.at("size"), size.width, size.height);
    gl.uniform1f(program.at("lowest"), lowestProbability(this.threshold));
    return program;
  }

  /** Blur a texture of the image's size, using two targets. */
  private blurred(
    source: WebGLTexture,
    amount: number,
    [result, across]: readonly [Target, Target],
  ): Blurred {
    if (amount === 0) return { texture: source, place: WHOLE };
    const { gl } = this;
    const { width, height } = this.size;
    const plan = halved(amount);
    const { factor, margin } = plan;
    const size = halvedSize(width, height, plan);
    let from = source;
    if (factor > 1) {
      const shrink = this.program(SHRINK);
      result.begin(size.width, size.height);
      shrink.use();
      bindTexture(gl, UNIT.source, source);
      gl.uniform1i(shrink.at("factor"), factor);
      gl.uniform1i(shrink.at("margin"), margin);
      shrink.fill(size.width, size.height);
      from = result.texture;
    }
    const weights = gaussian(plan.sigma);
    this.blurOnce(from, across, size, weights, [1, 0]);
    this.blurOnce(across.texture, result, size, weights, [0, 1]);
    return {
      texture: result.texture,
      place: [
        width / factor / size.width,
        height / factor / size.height,
        margin / size.width,
        margin / size.height,
      ],
    };
  }

  private blurOnce(
    from: WebGLTexture,
    to: Target,
    size: Size,
    weights: number[],
    direction: [number, number],
  ): void {
    const { gl } = this;
    const blur = this.program(BLUR);
    to.begin(size.width, size.height);
    blur.use();
    bindTexture(gl, UNIT.source, from);
    gl.uniform2i(blur.at("direction"), ...direction);
    gl.uniform1i(blur.at("reach"), weights.length - 1);
    gl.uniform1fv(blur.at("weights"), weights);
    blur.fill(size.width, size.height);
  }
}
