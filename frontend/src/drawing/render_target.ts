/** A texture as a render target. */
import { bindTexture, makeTexture } from "./program";

export class Target {
  readonly texture: WebGLTexture;
  private readonly framebuffer: WebGLFramebuffer;
  width = 0;
  height = 0;

  /** @param unit the texture unit to create it in */
  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly bytes: 1 | 4,
    private readonly unit: number,
  ) {
    this.texture = makeTexture(gl, unit, gl.LINEAR);
    this.framebuffer = gl.createFramebuffer();
  }

  /** Make it the render target. */
  begin(width: number, height: number): void {
    const { gl, texture } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.framebuffer);
    if (this.width === width && this.height === height) return;
    const [inside, format] = this.bytes === 1 ? [gl.R8, gl.RED] : [gl.RGBA8, gl.RGBA];
    this.bind(this.unit);
    gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, format, gl.UNSIGNED_BYTE, null);
    const { FRAMEBUFFER, COLOR_ATTACHMENT0, TEXTURE_2D } = gl;
    gl.framebufferTexture2D(FRAMEBUFFER, COLOR_ATTACHMENT0, TEXTURE_2D, texture, 0);
    [this.width, this.height] = [width, height];
  }

  /** Bind it to a unit for programs to read. */
  bind(unit: number): void {
    bindTexture(this.gl, unit, this.texture);
  }

  dispose(): void {
    this.gl.deleteFramebuffer(this.framebuffer);
    this.gl.deleteTexture(this.texture);
  }
}
