/** Chooses what draws a view: WebGL2 where a graphics card does the work, else canvas 2D. */
import { Canvas2dRenderer } from "./canvas2d";
import type { Renderer } from "./look";
import { WebGlRenderer } from "./webgl";
import { releaseContext } from "./webgl_context";

/** WebGL in software took 40 % more CPU than canvas 2D, and twice as long per image. */
export function createRenderer(canvas: OffscreenCanvas): Renderer {
  // Asked of another canvas: this one keeps the first kind of context.
  const webgl = hasGraphicsCard() ? WebGlRenderer.create(canvas) : null;
  return webgl ?? Canvas2dRenderer.create(canvas);
}

function hasGraphicsCard(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl || gl.isContextLost()) return false;
  const found = !inSoftware(gl);
  releaseContext(gl);
  return found;
}

/** Whether WebGL runs on the CPU. Chromium does not count this as a performance caveat. */
function inSoftware(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const name = names && String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name ?? "");
}
