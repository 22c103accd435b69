/** Draws classes or people in their colors with WebGL2; made when such a view is first shown. */
import { inPixels, lowestProbability } from "../source/mask";
import type { ColorTable } from "./class_colors";
import type { Colored, Look, Masked } from "./look";
import { nearest } from "./number_plane";
import { bindTexture, makeTexture, NUMBERS, PROBABILITY, Program, UNIT } from "./program";

const FRAGMENT = `${PROBABILITY}${NUMBERS}
uniform sampler2D image;
uniform sampler2D table;
uniform float lowest;
uniform float opacity;
in vec2 place;
out vec4 color;
void main() {
  color = vec4(texture(image, place).rgb, 1.0);
  if (probabilityAt(place) < lowest) return;
  vec4 over = texelFetch(table, ivec2(numberAt(place), 0), 0);
  color.rgb = mix(color.rgb, over.rgb, opacity * over.a);
}`;

export class PlanePainter {
  private readonly program: Program;
  private readonly numbers: WebGLTexture;
  private readonly table: WebGLTexture;
  /** What the textures hold. */
  private plane: Uint8Array | null = null;
  private colors: ColorTable | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = new Program(gl, FRAGMENT);
    this.numbers = makeTexture(gl, UNIT.numbers, gl.NEAREST);
    this.table = makeTexture(gl, UNIT.table, gl.NEAREST);
  }

  /** Draw the image and the probability that are in their textures. */
  draw({ bitmap, mask }: Masked, look: Look, { plane, colors }: Colored): void {
    const { gl, program } = this;
    const { width, height } = bitmap;
    this.upload(mask, plane, colors);
    program.use();
    const { region } = mask;
    const covered = inPixels(region, width, height);
    const [across, down] = [
      nearest(covered.width, mask.width),
      nearest(covered.height, mask.height),
    ];
    gl.uniform4f(program.at("region"), region.left, region.top, region.width, region.height);
    gl.uniform4i(program.at("covered"), covered.left, covered.top, covered.width, covered.height);
    gl.uniform2i(program.at("pace"), across.pace, down.pace);
    gl.uniform2i(program.at("first"), across.first, down.first);
    gl.uniform2f(program.at("pixels"), width, height);
    gl.uniform1i(program.at("bodyseg_mirror"), look.mirror ? 1 : 0);
    gl.uniform1f(program.at("lowest"), lowestProbability(look.threshold));
    gl.uniform1f(program.at("opacity"), look.opacity);
    program.fill(width, height);
  }

  dispose(): void {
    for (const texture of [this.numbers, this.table]) this.gl.deleteTexture(texture);
    this.program.dispose();
  }

  private upload({ width, height }: Masked["mask"], plane: Uint8Array, colors: ColorTable): void {
    const { gl } = this;
    if (plane !== this.plane) {
      bindTexture(gl, UNIT.numbers, this.numbers);
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.R8UI,
        width,
        height,
        0,
        gl.RED_INTEGER,
        gl.UNSIGNED_BYTE,
        plane,
      );
      this.plane = plane;
    }
    if (colors !== this.colors) {
      bindTexture(gl, UNIT.table, this.table);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colors);
      this.colors = colors;
    }
  }
}
