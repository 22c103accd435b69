/** Drawing with WebGL2: one pass over the picture. */
import { cutoff } from "../mask";
import type { MaskedPicture } from "../source";
import { INFERNO } from "./inferno";
import { CONTOUR_WIDTH, type Look, type Renderer, TEAL, type View } from "./look";

const VIEW_NUMBER: Record<View, number> = {
  picture: 0,
  mask: 1,
  heatmap: 2,
  "cut-out": 3,
  contour: 4,
};

const VERTEX = `#version 300 es
uniform bool mirror;
out vec2 place;
void main() {
  // One triangle that covers the canvas.
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
  place = vec2(corner.x * 0.5 + 0.5, 0.5 - corner.y * 0.5);
  if (mirror) place.x = 1.0 - place.x;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform sampler2D probability;
uniform vec4 region;
uniform sampler2D colours;
uniform int view;
uniform float lowest;
uniform float opacity;
uniform vec3 teal;
uniform vec2 reach;
in vec2 place;
out vec4 colour;

float probabilityAt(vec2 at) {
  // Beyond the picture it goes on as at its edge; outside of the region it is 0. What lies on
  // the region's edge is in it, however the division is rounded.
  vec2 inside = (clamp(at, 0.0, 1.0) - region.xy) / region.zw;
  bool covered = all(greaterThan(inside, vec2(-1e-4))) && all(lessThan(inside, vec2(1.0001)));
  return covered ? texture(probability, inside).r : 0.0;
}

bool person(vec2 at) { return probabilityAt(at) >= lowest; }

bool outline() {
  return !person(place + vec2(reach.x, 0.0)) || !person(place - vec2(reach.x, 0.0)) ||
         !person(place + vec2(0.0, reach.y)) || !person(place - vec2(0.0, reach.y));
}

void main() {
  vec3 seen = texture(picture, place).rgb;
  colour = vec4(seen, 1.0);
  if (view == 2) {
    float p = probabilityAt(place);
    vec3 heat = texture(colours, vec2((p * 255.0 + 0.5) / 256.0, 0.5)).rgb;
    colour.rgb = mix(seen, heat, opacity);
  } else if (view != 0) {
    bool inside = person(place);
    if (view == 3) {
      colour = inside ? colour : vec4(0.0);
    } else if (inside) {
      if (outline()) colour.rgb = teal;
      else if (view == 1) colour.rgb = mix(seen, teal, opacity);
    }
  }
}`;

function compile(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("WebGL gave no shader");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(gl.getProgramInfoLog(program) ?? "WebGL could not link the program");
  }
  return program;
}

/** Whether a processor plays graphics card. Chromium does not count this as a caveat. */
function inSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const name = names && String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name ?? "");
}

export class WebGlRenderer implements Renderer {
  readonly name = "webgl2";
  private readonly program: WebGLProgram;
  private readonly textures: WebGLTexture[];
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();
  /** What the textures hold, so that a slider redraws without uploading again. */
  private held: MaskedPicture | null = null;

  private constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = compile(gl);
    gl.useProgram(this.program);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.textures = ["picture", "probability", "colours"].map((name, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      for (const parameter of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
        gl.texParameteri(gl.TEXTURE_2D, parameter, gl.CLAMP_TO_EDGE);
      // The picture is drawn pixel for pixel; only the probability is enlarged.
      const filter = name === "probability" ? gl.LINEAR : gl.NEAREST;
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
      gl.uniform1i(this.uniform(name), unit);
      return texture;
    });
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, INFERNO);
    gl.uniform3f(this.uniform("teal"), TEAL[0] / 255, TEAL[1] / 255, TEAL[2] / 255);
  }

  /**
   * A renderer for `canvas`, or null where no graphics card does the work: WebGL in software
   * took 40 % more of a processor than the canvas-2D way, and every picture as long again.
   */
  static create(canvas: HTMLCanvasElement): WebGlRenderer | null {
    const gl = canvas.getContext("webgl2", {
      antialias: false,
      depth: false,
      // Kept, so that the canvas can be saved and captured between two drawings.
      preserveDrawingBuffer: true,
    });
    if (!gl || gl.isContextLost()) return null;
    if (!inSoftware(gl)) return new WebGlRenderer(gl);
    // Browsers allow few contexts at a time and free them late.
    gl.getExtension("WEBGL_lose_context")?.loseContext();
    return null;
  }

  draw(masked: MaskedPicture, look: Look): void {
    const { gl } = this;
    if (gl.isContextLost()) return;
    const { width, height } = masked.picture.bitmap;
    if (masked !== this.held) this.upload(masked);
    gl.viewport(0, 0, width, height);
    gl.uniform1i(this.uniform("view"), VIEW_NUMBER[look.view]);
    gl.uniform1i(this.uniform("mirror"), look.mirror ? 1 : 0);
    // A little below the cutoff: interpolation may put a value that is on it just under it.
    gl.uniform1f(this.uniform("lowest"), (cutoff(look.threshold) - 0.01) / 255);
    gl.uniform1f(this.uniform("opacity"), look.opacity);
    gl.uniform2f(this.uniform("reach"), CONTOUR_WIDTH / width, CONTOUR_WIDTH / height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    const { gl } = this;
    for (const texture of this.textures) gl.deleteTexture(texture);
    gl.deleteProgram(this.program);
    // Browsers allow few contexts at a time and free them late.
    gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private upload(masked: MaskedPicture): void {
    const { gl } = this;
    const { bitmap } = masked.picture;
    const { data, width, height, region } = masked.mask;
    if (gl.canvas.width !== bitmap.width || gl.canvas.height !== bitmap.height) {
      gl.canvas.width = bitmap.width;
      gl.canvas.height = bitmap.height;
    }
    gl.activeTexture(gl.TEXTURE0);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.activeTexture(gl.TEXTURE1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, data);
    gl.uniform4f(this.uniform("region"), region.left, region.top, region.width, region.height);
    this.held = masked;
  }

  private uniform(name: string): WebGLUniformLocation | null {
    let location = this.uniforms.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, location);
    }
    return location;
  }
}
