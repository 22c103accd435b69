/** The pixels behind people: a color, an image, or the current frame of a video. */
import { type Color, parseColor } from "../../drawing/color";
import type { BackgroundPixels } from "../../drawing/effect";
import { type BackgroundFile, TEAL } from "../../generated";
import { requireContext } from "../../kit/canvas";
import type { Size } from "../../kit/size";
import type { BackgroundSource } from "../effect_messages";

/**
 * The part of an image that is visible after scaling it to cover a size, centered; the same as
 * `_covering` of rendering/background.py.
 */
export function seenPart(given: Size, { width, height }: Size) {
  const scale = Math.max(width / given.width, height / given.height);
  const rows = Math.min(given.height, Math.max(1, Math.round(height / scale)));
  const columns = Math.min(given.width, Math.max(1, Math.round(width / scale)));
  const whole = Math.max(1, Math.floor(1 / scale));
  return {
    left: Math.floor((given.width - columns) / 2),
    top: Math.floor((given.height - rows) / 2),
    width: columns - (columns % whole),
    height: rows - (rows % whole),
  };
}

export class BackgroundLayer implements BackgroundPixels {
  /** Drawn if `canvasOf` returns null. */
  color: Color = TEAL;
  /** Increases whenever the pixels of `canvasOf` change. */
  version = 0;
  private opening = new AbortController();
  private image: ImageBitmap | VideoFrame | null = null;
  private context: OffscreenCanvasRenderingContext2D | null = null;
  /** Whether the canvas has the image. */
  private isDrawn = false;

  /**
   * @param changed called when the background changes or is ready
   * @param failed called if an image cannot be decoded
   */
  constructor(
    private readonly changed: () => void,
    private readonly failed: () => void,
  ) {}

  /** Show a background; teal until an image is decoded or a video's first frame is there. */
  show(source: BackgroundSource): void {
    this.release();
    const isColor = typeof source === "string";
    this.color = isColor ? parseColor(source) : TEAL;
    if (source && !isColor) void this.decode(source, this.opening.signal);
    this.changed();
  }

  /** Show the next frame of a video. */
  showFrame(frame: VideoFrame): void {
    const isFirst = this.image === null;
    this.replace(frame);
    if (isFirst) this.changed();
  }

  /**
   * Return the image or the current frame of the video, scaled to cover a canvas of this size. Null
   * for a color, and before anything is there. The next call overwrites the canvas.
   */
  canvasOf(width: number, height: number): OffscreenCanvas | null {
    const { image } = this;
    if (!image) return null;
    if (this.context?.canvas.width !== width || this.context.canvas.height !== height) {
      const canvas = new OffscreenCanvas(width, height);
      this.context = requireContext(canvas.getContext("2d", { alpha: false }));
      this.isDrawn = false;
    }
    const { context } = this;
    if (!this.isDrawn) {
      const part = seenPart(sizeOf(image), { width, height });
      context.imageSmoothingQuality = part.width > width ? "high" : "low";
      context.drawImage(image, part.left, part.top, part.width, part.height, 0, 0, width, height);
      this.isDrawn = true;
      this.version += 1;
    }
    return context.canvas;
  }

  dispose(): void {
    this.release();
  }

  private async decode({ type, data }: BackgroundFile, signal: AbortSignal): Promise<void> {
    let image: ImageBitmap;
    try {
      image = await createImageBitmap(new Blob([data], { type }));
    } catch {
      if (!signal.aborted) this.failed();
      return;
    }
    if (signal.aborted) {
      image.close();
      return;
    }
    this.replace(image);
    this.changed();
  }

  private replace(image: ImageBitmap | VideoFrame | null): void {
    this.image?.close();
    this.image = image;
    this.isDrawn = false;
  }

  private release(): void {
    this.opening.abort();
    this.opening = new AbortController();
    this.replace(null);
  }
}

function sizeOf(image: ImageBitmap | VideoFrame): Size {
  return "displayWidth" in image
    ? { width: image.displayWidth, height: image.displayHeight }
    : image;
}
