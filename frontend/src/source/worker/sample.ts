/** The bundled portrait, animated. */
import { requireContext } from "../../kit/canvas";
import type { Run } from "./images";

/** Milliseconds between images: 30 a second. */
const INTERVAL = 1000 / 30;
/** Periods of its movement and zoom, in seconds. */
const ROUND = 8;
const ZOOM_ROUND = 11;

/** Show the bundled portrait, slowly moving like a person in front of a camera. */
export async function openSample(
  jpeg: Blob,
  width: number,
  height: number,
  signal: AbortSignal,
): Promise<Run> {
  const portrait = await createImageBitmap(jpeg);
  const canvas = new OffscreenCanvas(width, height);
  const context = requireContext(canvas.getContext("2d", { alpha: false }));
  return (onImage) => {
    const started = performance.now();
    const fit = Math.max(width / portrait.width, height / portrait.height);
    const timer = setInterval(() => {
      const seconds = (performance.now() - started) / 1000;
      const turn = (round: number) => (2 * Math.PI * seconds) / round;
      const scale = fit * (1.12 + 0.1 * Math.sin(turn(ZOOM_ROUND)));
      const [w, h] = [portrait.width * scale, portrait.height * scale];
      const x = (width - w) * (0.5 + 0.45 * Math.sin(turn(ROUND)));
      const y = (height - h) * (0.25 + 0.2 * Math.cos(turn(ROUND)));
      context.drawImage(portrait, x, y, w, h);
      onImage(canvas, width, height);
    }, INTERVAL);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      portrait.close();
    });
  };
}
