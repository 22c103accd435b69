/** Drawing effects with WebGL2, pass after pass; rows of textures are those of the picture. */
import { lowestProbability, type Region } from "../source/mask";
import {
  alphaBlurOf,
  type Colour,
  cellsIn,
  type Effect,
  type EffectLook,
  gaussian,
  halved,
  halvedSize,
  MOST_CONTOUR,
} from "./effect";
import { type Look, TEAL } from "./look";
import { bindTexture, makeTexture, PROBABILITY, Program, UNIT } from "./program";
import { Target } from "./render_target";
import { FOREGROUND, Matting } from "./webgl_matting";

const EFFECT_NUMBER: Record<Effect, number> = { bokeh: 0, pixelated: 1, background: 2, mask: 3 };

/** How much of each pixel is foreground. */
const ALPHA = `${PROBABILITY}
uniform vec2 size;
uniform float lowest;
uniform bool soft;
out vec4 colour;
void main() {
  float p = probabilityAt(gl_FragCoord.xy / size);
  colour = vec4(soft ? p : float(p >= lowest));
}`;

/** `to_binary_mask`, its colours times their alpha. */
const MASK = `${PROBABILITY}
uniform vec2 size;
uniform float lowest;
uniform vec4 foreground;
uniform vec4 background;
uniform vec4 contour;
uniform int contourWidth;
out vec4 colour;
bool person(vec2 pixel) { return probabilityAt(pixel / size) >= lowest; }
void main() {
  vec2 pixel = gl_FragCoord.xy;
  bool inside = person(pixel);
  colour = inside ? foreground : background;
  for (int step = 1; inside && step <= contourWidth && step <= ${MOST_CONTOUR}; step += 1) {
    float away = float(step);
    inside = person(pixel + vec2(away, 0.0)) && person(pixel - vec2(away, 0.0)) &&
             person(pixel + vec2(0.0, away)) && person(pixel - vec2(0.0, away));
    if (!inside) colour = contour;
  }
}`;

/** The means of squares of pixels. */
const SHRINK = `
uniform sampler2D source;
uniform int factor;
uniform int margin;
out vec4 colour;
void main() {
  ivec2 last = textureSize(source, 0) - 1;
  ivec2 first = (ivec2(gl_FragCoord.xy) - margin) * factor;
  vec4 sum = vec4(0.0);
  for (int y = 0; y < factor; y += 1)
    for (int x = 0; x < factor; x += 1)
      sum += texelFetch(source, clamp(first + ivec2(x, y), ivec2(0), last), 0);
  colour = sum / float(factor * factor);
}`;

/** One of a blur's two directions. */
const MOST_WEIGHTS = 16;
const BLUR = `
uniform sampler2D source;
uniform ivec2 direction;
uniform int reach;
uniform float weights[${MOST_WEIGHTS}];
out vec4 colour;
vec4 at(ivec2 where) {
  return texelFetch(source, clamp(where, ivec2(0), textureSize(source, 0) - 1), 0);
}
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  colour = weights[0] * at(here);
  for (int away = 1; away <= reach; away += 1)
    colour += weights[away] * (at(here + away * direction) + at(here - away * direction));
}`;

/** The effect itself, from the picture, its alpha and what is behind the people. */
const COMPOSE = `${FOREGROUND}
uniform sampler2D picture;
uniform sampler2D alpha;
uniform sampler2D under;
uniform vec4 alphaPlace;
uniform vec4 underPlace;
uniform vec2 size;
uniform int effect;
uniform bool isPlain;
uniform bool decontaminate;
uniform vec3 plain;
uniform vec3 teal;
uniform float opacity;
uniform float cellWidth;
uniform vec2 cells;
in vec2 place;
out vec4 colour;

vec4 blurred(sampler2D what, vec4 its) { return texture(what, place * its.xy + its.zw); }

float lineCover(float pixel, float last) {
  float sum = 0.0;
  float line = ceil((pixel - 0.5) / cellWidth);
  for (int step = 0; step < 3; step += 1, line += 1.0)
    if (line >= 0.0 && line <= last) sum += max(1.0 - abs(pixel + 0.5 - line * cellWidth), 0.0);
  return min(sum, 1.0);
}

void main() {
  vec3 seen = texture(picture, place).rgb;
  if (effect == ${EFFECT_NUMBER.pixelated}) {
    vec2 pixel = floor(place * size);
    vec2 whole = max(cells, 1.0);
    vec2 cell = floor((pixel + 0.5) * whole / size);
    float clear = (1.0 - lineCover(pixel.x, cells.x)) * (1.0 - lineCover(pixel.y, cells.y));
    vec2 middle = (cell + 0.5) / whole;
    float share = texture(alpha, middle * alphaPlace.xy + alphaPlace.zw).r * clear;
    vec3 over = teal * share + 1.0 - clear;
    colour = vec4(opacity * over + (1.0 - opacity * (share + 1.0 - clear)) * seen, 1.0);
    return;
  }
  if (effect == ${EFFECT_NUMBER.mask}) {
    vec4 cover = blurred(under, underPlace);
    colour = vec4(opacity * cover.rgb + (1.0 - opacity * cover.a) * seen, 1.0);
    return;
  }
  float share = blurred(alpha, alphaPlace).r;
  vec3 over = decontaminate ? foreground(seen, share, place) : seen;
  colour = vec4(mix(isPlain ? plain : blurred(under, underPlace).rgb, over, share), 1.0);
}`;

/** A texture, and where in it the picture is: scale and offset of its places. */
interface Blurred {
  texture: WebGLTexture;
  place: readonly [number, number, number, number];
}

const WHOLE = [1, 1, 0, 0] as const;

interface Size {
  width: number;
  height: number;
}

/** An opaque colour, or one that is clear, times its alpha. */
function covering(colour: Colour | null): [number, number, number, number] {
  if (!colour) return [0, 0, 0, 0];
  const [red, green, blue] = colour;
  return [red / 255, green / 255, blue / 255, 1];
}

export class EffectPasses {
  private readonly alpha: Program;
  private readonly shrink: Program;
  private readonly blur: Program;
  private readonly compose: Program;
  private readonly mask: Program;
  private readonly whole: Target;
  private readonly wholeMask: Target;
  private readonly edges: readonly [Target, Target];
  private readonly backgrounds: readonly [Target, Target];
  /** Made when they are first needed. */
  private matting: Matting | null = null;
  private backdrop: { texture: WebGLTexture; version: number } | null = null;

  /** @param picture the texture in the unit of the picture */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly picture: WebGLTexture,
  ) {
    this.alpha = new Program(gl, ALPHA);
    this.mask = new Program(gl, MASK);
    this.shrink = new Program(gl, SHRINK);
    this.blur = new Program(gl, BLUR);
    this.compose = new Program(gl, COMPOSE);
    gl.uniform3f(this.compose.at("teal"), TEAL[0] / 255, TEAL[1] / 255, TEAL[2] / 255);
    this.whole = new Target(gl, 1, UNIT.source);
    this.wholeMask = new Target(gl, 4, UNIT.source);
    this.edges = [new Target(gl, 1, UNIT.source), new Target(gl, 1, UNIT.source)];
    this.backgrounds = [new Target(gl, 4, UNIT.source), new Target(gl, 4, UNIT.source)];
  }

  /** Draw the picture and mask that are in the textures, on the canvas. */
  draw(width: number, height: number, region: Region, look: Look, effect: EffectLook): void {
    const { gl, compose } = this;
    const size = { width, height };
    if (effect.effect === "mask") this.drawMask(size, region, look, effect);
    else this.drawAlpha(size, region, look, effect);
    const alpha = this.blurred(this.whole.texture, size, alphaBlurOf(effect), this.edges);
    const under = this.under(size, effect);
    bindTexture(gl, UNIT.alpha, alpha.texture);
    const decontaminate = effect.effect === "background" && effect.decontaminate;
    if (decontaminate) {
      this.matting ??= new Matting(gl);
      this.matting.prepare(width, height, alpha.place);
    }

    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    compose.use();
    if (under) {
      bindTexture(gl, UNIT.under, under.texture);
      gl.uniform4f(compose.at("underPlace"), ...under.place);
    }
    gl.uniform4f(compose.at("alphaPlace"), ...alpha.place);
    gl.uniform1i(compose.at("isPlain"), under ? 0 : 1);
    gl.uniform1i(compose.at("decontaminate"), decontaminate ? 1 : 0);
    gl.uniform2f(compose.at("size"), width, height);
    gl.uniform1i(compose.at("bodyseg_mirror"), look.mirror ? 1 : 0);
    gl.uniform1i(compose.at("effect"), EFFECT_NUMBER[effect.effect]);
    const [red, green, blue] = effect.backdrop.colour;
    gl.uniform3f(compose.at("plain"), red / 255, green / 255, blue / 255);
    gl.uniform1f(compose.at("opacity"), look.opacity);
    gl.uniform1f(compose.at("cellWidth"), effect.cellWidth);
    // Counted here: a graphics card may divide to a little less than a whole number.
    const cells = [cellsIn(width, effect.cellWidth), cellsIn(height, effect.cellWidth)] as const;
    gl.uniform2f(compose.at("cells"), ...cells);
    compose.fill(width, height);
  }

  dispose(): void {
    for (const each of [this.alpha, this.mask, this.shrink, this.blur, this.compose])
      each.dispose();
    for (const each of [this.whole, this.wholeMask, ...this.edges, ...this.backgrounds])
      each.dispose();
    this.matting?.dispose();
    if (this.backdrop) this.gl.deleteTexture(this.backdrop.texture);
  }

  /** What lies under the people, or over them where it is a mask; null for a plain colour. */
  private under(size: Size, effect: EffectLook): Blurred | null {
    if (effect.effect === "mask")
      return this.blurred(this.wholeMask.texture, size, effect.maskBlur, this.backgrounds);
    if (effect.effect !== "background") {
      const amount = effect.effect === "bokeh" ? effect.backgroundBlur : 0;
      return this.blurred(this.picture, size, amount, this.backgrounds);
    }
    const { gl } = this;
    const canvas = effect.backdrop.canvasOf(size.width, size.height);
    if (!canvas) return null;
    this.backdrop ??= { texture: makeTexture(gl, UNIT.under, gl.NEAREST), version: 0 };
    const { texture, version } = this.backdrop;
    if (effect.backdrop.version !== version) {
      bindTexture(gl, UNIT.under, texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
      this.backdrop.version = effect.backdrop.version;
    }
    return { texture, place: WHOLE };
  }

  private drawMask(size: Size, region: Region, look: Look, effect: EffectLook): void {
    const { gl, mask } = this;
    this.beginWhole(this.wholeMask, mask, size, region, look);
    const { maskForeground, maskBackground, contour } = effect;
    gl.uniform4f(mask.at("foreground"), ...covering(maskForeground));
    gl.uniform4f(mask.at("background"), ...covering(maskBackground));
    gl.uniform4f(mask.at("contour"), ...covering(contour?.colour ?? null));
    gl.uniform1i(mask.at("contourWidth"), contour?.width ?? 0);
    mask.fill(size.width, size.height);
  }

  /** Begin a target as large as the picture, of what the probability says. */
  private beginWhole(
    target: Target,
    program: Program,
    { width, height }: Size,
    region: Region,
    { threshold }: Look,
  ): void {
    const { gl } = this;
    target.begin(width, height);
    program.use();
    gl.uniform4f(program.at("region"), region.left, region.top, region.width, region.height);
    gl.uniform2f(program.at("size"), width, height);
    gl.uniform1f(program.at("lowest"), lowestProbability(threshold));
  }

  private drawAlpha(size: Size, region: Region, look: Look, { soft }: EffectLook): void {
    const { gl, alpha } = this;
    this.beginWhole(this.whole, alpha, size, region, look);
    gl.uniform1i(alpha.at("soft"), soft ? 1 : 0);
    alpha.fill(size.width, size.height);
  }

  /** Blur a texture of the picture's size, in two targets of its own. */
  private blurred(
    source: WebGLTexture,
    { width, height }: Size,
    amount: number,
    [result, across]: readonly [Target, Target],
  ): Blurred {
    if (amount === 0) return { texture: source, place: WHOLE };
    const { gl, shrink } = this;
    const plan = halved(amount);
    const { factor, margin } = plan;
    const size = halvedSize(width, height, plan);
    let from = source;
    if (factor > 1) {
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
    const { gl, blur } = this;
    to.begin(size.width, size.height);
    blur.use();
    bindTexture(gl, UNIT.source, from);
    gl.uniform2i(blur.at("direction"), ...direction);
    gl.uniform1i(blur.at("reach"), weights.length - 1);
    gl.uniform1fv(blur.at("weights"), weights);
    blur.fill(size.width, size.height);
  }
}
