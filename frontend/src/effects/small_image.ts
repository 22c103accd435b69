/** Shrinks image files before they are sent to the kernel. */

import { IMAGE_JPEG_QUALITY, MAX_EFFECT_IMAGE_SIDE } from "../generated";
import { requireContext } from "../kit/canvas";
import { uprightTransform, webpOrientation } from "./webp_orientation";

/** The last orientation that does not exchange rows and columns. */
const LAST_LEVEL = 4;

export async function asJpeg(file: Blob): Promise<ArrayBuffer> {
  const orientation = await webpOrientation(file);
  const bitmap = await createImageBitmap(
    file,
    orientation === 1 ? {} : { imageOrientation: "none" },
  );
  const scale = Math.min(1, MAX_EFFECT_IMAGE_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas =
    orientation <= LAST_LEVEL
      ? new OffscreenCanvas(width, height)
      : new OffscreenCanvas(height, width);
  const context = requireContext(canvas.getContext("2d"));
  // JPEG would turn transparency black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.setTransform(uprightTransform(orientation, width, height));
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: IMAGE_JPEG_QUALITY });
  return jpeg.arrayBuffer();
}
