/** Shrinks image files before they are sent to the kernel. */

import { IMAGE_JPEG_QUALITY, MAX_EFFECT_IMAGE_SIDE } from "../generated";
import { requireContext } from "../kit/canvas";

export async function asJpeg(file: Blob): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_EFFECT_IMAGE_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = requireContext(canvas.getContext("2d"));
  // JPEG would turn transparency black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg", quality: IMAGE_JPEG_QUALITY });
  return jpeg.arrayBuffer();
}
