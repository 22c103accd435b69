import { pixelContext } from "../kit/canvas";

/** Reads the bytes of images. */
export class Reader {
  private context: OffscreenCanvasRenderingContext2D | null = null;

  /** Read an image's pixels, mirrored or not. */
  read(bitmap: ImageBitmap | OffscreenCanvas, mirror: boolean): ImageData {
    const { width, height } = bitmap;
    if (this.context?.canvas.width !== width || this.context.canvas.height !== height)
      this.context = pixelContext(width, height);
    const { context } = this;
    context.setTransform(mirror ? -1 : 1, 0, 0, 1, mirror ? width : 0, 0);
    // See `compose` in canvas2d.ts.
    context.imageSmoothingEnabled = false;
    context.globalCompositeOperation = "copy";
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  }
}
