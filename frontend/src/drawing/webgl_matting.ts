/** Estimates the colors of people and background for WebGL2. */
import { colorsAround, smallSize } from "./matting";
import { bindTexture, makeTexture, Program, UNIT } from "./program";
import { Target } from "./render_target";

/** Averages image and alpha to the small image. */
const MEANS = `
uniform sampler2D image;
uniform sampler2D alpha;
uniform vec4 alphaPlace;
uniform ivec2 size;
uniform ivec2 small;
out vec4 color;
void main() {
  ivec2 here = ivec2(gl_FragCoord.xy);
  ivec2 first = here * size / small;
  ivec2 end = (here + 1) * size / small;
  vec4 sum = vec4(0.0);
  for (int y = first.y; y < end.y; y += 1)
    for (int x = first.x; x < end.x; x += 1) {
      vec2 at = (vec2(x, y) + 0.5) / vec2(size);
      float share = texture(alpha, at * alphaPlace.xy + alphaPlace.zw).r;
      sum += vec4(texelFetch(image, ivec2(x, y), 0).rgb, share);
    }
  ivec2 count = end - first;
  color = sum / float(count.x * count.y);
}`;

/** Removes the background's color from soft edges; see `Matting`. */
export const FOREGROUND = `
uniform sampler2D front;
uniform sampler2D behind;
vec3 foreground(vec3 seen, float share, vec2 at) {
  if (share < 0.5 / 255.0 || share > 254.5 / 255.0) return seen;
  vec3 own = texture(front, at).rgb;
  vec3 other = texture(behind, at).rgb;
  return clamp(own + share * (seen - mix(other, own, share)), 0.0, 1.0);
}
`;

export class Matting {
  private readonly means: Program;
  private readonly target: Target;
  private readonly textures: readonly [front: WebGLTexture, behind: WebGLTexture];
  private small = new Uint8Array(0);

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.means = new Program(gl, MEANS);
    this.target = new Target(gl, 4, UNIT.source);
    this.textures = [
      makeTexture(gl, UNIT.front, gl.LINEAR),
      makeTexture(gl, UNIT.behind, gl.LINEAR),
    ];
  }

  /**
   * Update the textures of the estimated colors. Image and alpha are already in the textures of
   * their units.
   *
   * @param alphaPlace scale and offset of the image in alpha's texture
   */
  prepare(
    width: number,
    height: number,
    alphaPlace: readonly [number, number, number, number],
  ): void {
    const { gl, means, target } = this;
    const size = smallSize(width, height);
    const bytes = 4 * size.width * size.height;
    if (this.small.length !== bytes) this.small = new Uint8Array(bytes);
    target.begin(size.width, size.height);
    means.use();
    gl.uniform4f(means.at("alphaPlace"), ...alphaPlace);
    gl.uniform2i(means.at("size"), width, height);
    gl.uniform2i(means.at("small"), size.width, size.height);
    means.fill(size.width, size.height);
    gl.readPixels(0, 0, size.width, size.height, gl.RGBA, gl.UNSIGNED_BYTE, this.small);
    const colors = colorsAround(this.small, size);
    const [front, behind] = this.textures;
    this.upload(UNIT.front, front, size.width, size.height, colors.front);
    this.upload(UNIT.behind, behind, size.width, size.height, colors.behind);
  }

  dispose(): void {
    this.means.dispose();
    this.target.dispose();
    for (const texture of this.textures) this.gl.deleteTexture(texture);
  }

  private upload(
    unit: number,
    texture: WebGLTexture,
    width: number,
    height: number,
    pixels: Uint8ClampedArray,
  ): void {
    const { gl } = this;
    bindTexture(gl, unit, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  }
}
