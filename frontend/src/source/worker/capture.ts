/** Captures an image once for both uses: drawing and sending. */
import { FRAME_JPEG_QUALITY } from "../../generated";
import { requireContext } from "../../kit/canvas";
import { now } from "../../kit/clock";

/** The size of an image scaled down to fit into a box; never up. */
export function fitInto(
  width: number,
  height: number,
  maxWidth: number,
  maxHeight: number,
): [number, number] {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

export interface Captured {
  /** For drawing. */
  bitmap: ImageBitmap;
  /** For the kernel. */
  jpeg: ArrayBuffer;
  /** When it was captured, by the browser's clock, ms. */
  at: number;
}

export class Grabber {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = requireContext(this.canvas.getContext("2d", { alpha: false }));

  /** Capture an image, which may be changed or closed as soon as this has returned. */
  async grab(image: CanvasImageSource, width: number, height: number): Promise<Captured> {
    const at = now();
    const { canvas, context } = this;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.drawImage(image, 0, 0, width, height);
    const encoded = canvas.convertToBlob({ type: "image/jpeg", quality: FRAME_JPEG_QUALITY });
    const bitmap = canvas.transferToImageBitmap();
    try {
      const jpeg = await (await encoded).arrayBuffer();
      return { bitmap, jpeg, at };
    } catch (error) {
      bitmap.close();
      throw error;
    }
  }
}
