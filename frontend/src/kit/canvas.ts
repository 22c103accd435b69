/** 2D contexts, which browsers may refuse. */

/** @throws if the browser gave none */
export function requireContext<Context>(context: Context | null): Context {
  if (!context) throw new Error("This browser cannot draw on a canvas.");
  return context;
}

/** Make a context for pixels that are written and read in JavaScript. */
export function pixelContext(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  return requireContext(canvas.getContext("2d", { willReadFrequently: true }));
}

/** Erase a canvas, whatever kind of context it has. */
export function clearCanvas(canvas: OffscreenCanvas): void {
  const { width } = canvas;
  canvas.width = width;
}
