/** Free a context at once: browsers allow few at a time and free them late. */
export function releaseContext(gl: WebGL2RenderingContext): void {
  gl.getExtension("WEBGL_lose_context")?.loseContext();
}
