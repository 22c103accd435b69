/** Draws with WebGL2 in one pass, or a few for effects. */

import type { View } from "../generated";
import { lowestProbability } from "../source/mask";
import { type EffectLook, painterOf } from "./effect";
import { INFERNO } from "./inferno";
import { CONTOUR_WIDTH, type Look, type Masked, type Renderer } from "./look";
import { makeTexture, PROBABILITY, Program, UNIT } from "./program";
import { releaseContext } from "./webgl_context";
import { WEBGL_PAINTERS } from "./webgl_effects";
import { EffectPasses } from "./webgl_passes";
import { PlanePainter } from "./webgl_planes";

const VIEW_NUMBER: Record<Exclude<View, "effect" | "parts" | "people">, number> = {
  picture: 0,
  mask: 1,
  heatmap: 2,
  "cut-out": 3,
  contour: 4,
};

const FRAGMENT = `${PROBABILITY}
uniform sampler2D image;
uniform sampler2D colors;
uniform int view;
uniform float lowest;
uniform float opacity;
uniform vec3 maskColor;
uniform vec2 reach;
in vec2 place;
out vec4 color;

bool person(vec2 at) { return probabilityAt(at) >= lowest; }

bool outline() {
  return !person(place + vec2(reach.x, 0.0)) || !person(place - vec2(reach.x, 0.0)) ||
         !person(place + vec2(0.0, reach.y)) || !person(place - vec2(0.0, reach.y));
}

void main() {
  vec3 seen = texture(image, place).rgb;
  color = vec4(seen, 1.0);
  if (view == 2) {
    float p = probabilityAt(place);
    vec3 heat = texture(colors, vec2((p * 255.0 + 0.5) / 256.0, 0.5)).rgb;
    color.rgb = mix(seen, heat, opacity);
  } else if (view != 0) {
    bool inside = person(place);
    if (view == 3) {
      color = inside ? color : vec4(0.0);
    } else if (inside) {
      if (outline()) color.rgb = maskColor;
      else if (view == 1) color.rgb = mix(seen, maskColor, opacity);
    }
  }
}`;

export class WebGlRenderer implements Renderer {
  readonly name = "webgl2";
  private readonly program: Program;
  private readonly textures: { image: WebGLTexture; rest: WebGLTexture[] };
  /** Created on first use: most views never show them. */
  private effects: EffectPasses | null = null;
  private planes: PlanePainter | null = null;
  /** What the textures hold: moving a slider does not upload it again. */
  private held: Masked | null = null;

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly canvas: OffscreenCanvas,
  ) {
    this.program = new Program(gl, FRAGMENT);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    // The image is drawn at scale 1; only the probability is enlarged.
    const image = makeTexture(gl, UNIT.image, gl.NEAREST);
    const probability = makeTexture(gl, UNIT.probability, gl.LINEAR);
    const colors = makeTexture(gl, UNIT.colors, gl.NEAREST);
    this.textures = { image, rest: [probability, colors] };
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, INFERNO);
  }

  /** Return null if the browser gives no context. */
  static create(canvas: OffscreenCanvas): WebGlRenderer | null {
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      depth: false,
      // So that the canvas can be saved and captured between two frames.
      preserveDrawingBuffer: true,
    });
    return gl && !gl.isContextLost() ? new WebGlRenderer(gl, canvas) : null;
  }

  draw(masked: Masked, look: Look, effect: EffectLook | null): void {
    const { gl, program } = this;
    if (gl.isContextLost()) return;
    const { width, height } = masked.bitmap;
    const { region } = masked.mask;
    if (masked !== this.held) this.upload(masked);
    if (look.view === "effect") {
      if (!effect) throw new Error("The view shows an effect, but none is given.");
      this.effects ??= new EffectPasses(gl, this.textures.image);
      this.effects.begin(masked, look);
      painterOf(WEBGL_PAINTERS, effect.effect)(this.effects, effect);
      return;
    }
    if (look.view === "parts" || look.view === "people") {
      if (!look.colored) throw new Error("The view shows a plane, but none is given.");
      this.planes ??= new PlanePainter(gl);
      this.planes.draw(masked, look, look.colored);
      return;
    }
    program.use();
    gl.uniform4f(program.at("region"), region.left, region.top, region.width, region.height);
    gl.uniform1i(program.at("view"), VIEW_NUMBER[look.view]);
    gl.uniform1i(program.at("bodyseg_mirror"), look.mirror ? 1 : 0);
    gl.uniform1f(program.at("lowest"), lowestProbability(look.threshold));
    gl.uniform1f(program.at("opacity"), look.opacity);
    const [red, green, blue] = look.maskColor;
    gl.uniform3f(program.at("maskColor"), red / 255, green / 255, blue / 255);
    gl.uniform2f(program.at("reach"), CONTOUR_WIDTH / width, CONTOUR_WIDTH / height);
    program.fill(width, height);
  }

  show(image: ImageBitmap | OffscreenCanvas, mirror: boolean): void {
    const { gl, program } = this;
    if (gl.isContextLost()) return;
    this.uploadImage(image);
    this.held = null;
    program.use();
    gl.uniform1i(program.at("view"), VIEW_NUMBER.picture);
    gl.uniform1i(program.at("bodyseg_mirror"), mirror ? 1 : 0);
    program.fill(image.width, image.height);
  }

  dispose(): void {
    const { gl, textures } = this;
    for (const texture of [textures.image, ...textures.rest]) gl.deleteTexture(texture);
    this.program.dispose();
    this.effects?.dispose();
    this.planes?.dispose();
    releaseContext(gl);
  }

  private upload(masked: Masked): void {
    const { gl } = this;
    const { data, width, height } = masked.mask;
    this.uploadImage(masked.bitmap);
    gl.activeTexture(gl.TEXTURE0 + UNIT.probability);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, data);
    this.held = masked;
  }

  private uploadImage(image: ImageBitmap | OffscreenCanvas): void {
    const { gl, canvas } = this;
    if (canvas.width !== image.width || canvas.height !== image.height) {
      canvas.width = image.width;
      canvas.height = image.height;
    }
    gl.activeTexture(gl.TEXTURE0 + UNIT.image);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, image);
  }
}
