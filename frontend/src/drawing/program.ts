/** A WebGL2 program that fills its whole target. */

const VERTEX = `#version 300 es
// Named so that no custom shader has them, too.
uniform bool bodyseg_mirror;
uniform bool bodyseg_toTexture;
out vec2 place;
void main() {
  // One triangle that covers the canvas.
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
  // Rows of textures are those of images; a canvas has its first row at the bottom.
  place = vec2(corner.x * 0.5 + 0.5, 0.5 + corner.y * (bodyseg_toTexture ? 0.5 : -0.5));
  if (bodyseg_mirror) place.x = 1.0 - place.x;
}`;

const HEAD = `#version 300 es
precision highp float;
`;

/** Looks up the probability. */
export const PROBABILITY = `
uniform sampler2D probability;
uniform vec4 region;
float probabilityAt(vec2 at) {
  // Beyond the image it goes on as at its edge; outside of the region it is 0. What lies on
  // the region's edge is in it, however the division is rounded.
  vec2 inside = (clamp(at, 0.0, 1.0) - region.xy) / region.zw;
  bool covered = all(greaterThan(inside, vec2(-1e-4))) && all(lessThan(inside, vec2(1.0001)));
  return covered ? texture(probability, inside).r : 0.0;
}
`;

/** Looks up the number of a plane: of the nearest pixel, to the pixel as in Python; 0 outside. */
export const NUMBERS = `
uniform highp usampler2D numbers;
uniform vec2 pixels;
uniform ivec4 covered;
uniform ivec2 pace;
uniform ivec2 first;
int numberAt(vec2 at) {
  ivec2 inside = ivec2(floor(at * pixels)) - covered.xy;
  if (any(lessThan(inside, ivec2(0))) || any(greaterThanEqual(inside, covered.zw))) return 0;
  ivec2 from = min((inside * pace + first) >> 16, textureSize(numbers, 0) - 1);
  return int(texelFetch(numbers, from, 0).r);
}
`;

/** The texture units, the same for all programs. */
export const UNIT = {
  image: 0,
  probability: 1,
  colors: 2,
  source: 3,
  alpha: 4,
  under: 5,
  front: 6,
  behind: 7,
  numbers: 8,
  table: 9,
};

export class Program {
  private readonly program: WebGLProgram;
  private readonly uniforms = new Map<string, WebGLUniformLocation | null>();

  /**
   * @param fragment has the input `place`, from the image's top left, and one output
   * @param units the texture units of its samplers
   * @throws CompileError
   */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    fragment: string,
    units: Record<string, number> = UNIT,
  ) {
    this.program = compile(gl, HEAD + fragment);
    gl.useProgram(this.program);
    for (const [name, unit] of Object.entries(units)) gl.uniform1i(this.at(name), unit);
  }

  use(): void {
    this.gl.useProgram(this.program);
  }

  /** The location of a uniform; null if the program has none of this name. */
  at(name: string): WebGLUniformLocation | null {
    let location = this.uniforms.get(name);
    if (location === undefined) {
      location = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, location);
    }
    return location;
  }

  /** Fill a texture of this size. */
  fillTexture(width: number, height: number): void {
    this.gl.uniform1i(this.at("bodyseg_toTexture"), 1);
    this.fill(width, height);
  }

  /** Fill the render target of this size. */
  fill(width: number, height: number): void {
    this.gl.viewport(0, 0, width, height);
    this.gl.drawArrays(this.gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    this.gl.deleteProgram(this.program);
  }
}

/** Create a texture in a unit, with repeated edges. */
export function makeTexture(
  gl: WebGL2RenderingContext,
  unit: number,
  filter: GLenum,
): WebGLTexture {
  const texture = gl.createTexture();
  bindTexture(gl, unit, texture);
  for (const parameter of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
    gl.texParameteri(gl.TEXTURE_2D, parameter, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  return texture;
}

/** Bind a texture to a unit and make it active. */
export function bindTexture(gl: WebGL2RenderingContext, unit: number, texture: WebGLTexture): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
}

/** A shader that does not compile or link; the message is the compiler's. */
export class CompileError extends Error {}

function compile(gl: WebGL2RenderingContext, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  const shaders = [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const;
  const made = shaders.map(([type, source]) => {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("WebGL gave no shader");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
    return shader;
  });
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  const logs = [
    ...made.map((shader) => gl.getShaderInfoLog(shader)),
    gl.getProgramInfoLog(program),
  ];
  gl.deleteProgram(program);
  throw new CompileError(logs.find(Boolean) ?? "WebGL could not link the program");
}
