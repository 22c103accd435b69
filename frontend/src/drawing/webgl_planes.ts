/** Draws classes or people in their colors with WebGL2; made when such a view is first shown. */
import { lowestProbability } from "../source/mask";
import type { ColorTable } from "./class_colors";
import type { Colored, Look, Masked } from "./look";
import { bindTexture, makeTexture, NUMBERS, PROBABILITY, Program, UNIT } from "./program";
import { NumberTexture } from "./webgl_numbers";

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
  private readonly numbers: NumberTexture;
  private readonly table: WebGLTexture;
  /** What the table holds. */
  private colors: ColorTable | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.program = new Program(gl, FRAGMENT);
    this.numbers = new NumberTexture(gl);
    this.table = makeTexture(gl, UNIT.table, gl.NEAREST);
  }

  /** Draw the image and the probability that are in their textures. */
  draw({ bitmap, mask }: Masked, look: Look, { plane, colors }: Colored): void {
    const { gl, program } = this;
    const { width, height } = bitmap;
    program.use();
    this.numbers.give(program, mask, plane, bitmap);
    this.giveColors(colors);
    const { region } = mask;
    gl.uniform4f(program.at("region"), region.left, region.top, region.width, region.height);
    gl.uniform1i(program.at("bodyseg_mirror"), look.mirror ? 1 : 0);
    gl.uniform1f(program.at("lowest"), lowestProbability(look.threshold));
    gl.uniform1f(program.at("opacity"), look.opacity);
    program.fill(width, height);
  }

  dispose(): void {
    this.numbers.dispose();
    this.gl.deleteTexture(this.table);
    this.program.dispose();
  }

  private giveColors(colors: ColorTable): void {
    const { gl } = this;
    // An effect may have bound its own.
    bindTexture(gl, UNIT.table, this.table);
    if (colors === this.colors) return;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colors);
    this.colors = colors;
  }
}
