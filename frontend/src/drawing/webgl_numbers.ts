/** A plane of numbers, such as labels, as a texture for programs with NUMBERS. */
import type { Size } from "../kit/size";
import { inPixels, type Mask } from "../source/mask";
import { nearest } from "./number_plane";
import { bindTexture, makeTexture, type Program, UNIT } from "./program";

export class NumberTexture {
  private readonly texture: WebGLTexture;
  /** What the texture holds. */
  private plane: Uint8Array | null = null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.texture = makeTexture(gl, UNIT.numbers, gl.NEAREST);
  }

  /**
   * Give a program in use a plane of a mask.
   *
   * @param size of the image
   */
  give(program: Program, mask: Mask, plane: Uint8Array, { width, height }: Size): void {
    const { gl } = this;
    // Another one of these may have been bound.
    bindTexture(gl, UNIT.numbers, this.texture);
    if (plane !== this.plane) {
      const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_BYTE];
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, mask.width, mask.height, 0, format, type, plane);
      this.plane = plane;
    }
    const covered = inPixels(mask.region, width, height);
    const across = nearest(covered.width, mask.width);
    const down = nearest(covered.height, mask.height);
    gl.uniform4i(program.at("covered"), covered.left, covered.top, covered.width, covered.height);
    gl.uniform2i(program.at("pace"), across.pace, down.pace);
    gl.uniform2i(program.at("first"), across.first, down.first);
    gl.uniform2f(program.at("pixels"), width, height);
  }

  dispose(): void {
    this.gl.deleteTexture(this.texture);
  }
}
