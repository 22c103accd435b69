import { requireContext } from "../../kit/canvas";

/** A frame's session and its number there. */
interface FrameName {
  video: number;
  id: number;
}

/** Copies that are kept: of more sizes, as while someone resizes a paused view, the newest. */
const MOST_COPIES = 8;

/** The image of a frame, reference-counted. */
export class SharedImage {
  private holders = 1;
  private readonly copies = new Map<string, ImageBitmap>();

  constructor(
    /** The number of the request; a frame that is shown again has another. */
    readonly frame: number,
    private readonly name: FrameName,
    readonly bitmap: ImageBitmap,
    /** When it was captured, by the browser's clock, ms. */
    readonly captured: number,
    /** False if it is shown again while paused. */
    readonly live: boolean,
  ) {}

  /** The displayed number; a frame that is shown again keeps it. */
  get id(): number {
    return this.name.id;
  }

  /** Identifies the frame within this page. */
  get key(): string {
    return `${this.name.video} ${this.name.id}`;
  }

  /**
   * The image at another size, which all displays of this size share: to be drawn at once, as it is
   * freed with the image, or when copies of many other sizes were made.
   */
  scaled(width: number, height: number): ImageBitmap {
    const { bitmap, copies } = this;
    if (bitmap.width === width && bitmap.height === height) return bitmap;
    const size = `${width} ${height}`;
    let copy = copies.get(size);
    if (!copy) {
      copy = scale(bitmap, width, height);
      copies.set(size, copy);
      const [oldest] = copies.keys();
      if (oldest !== undefined && copies.size > MOST_COPIES) {
        copies.get(oldest)?.close();
        copies.delete(oldest);
      }
    }
    return copy;
  }

  hold(): this {
    this.holders += 1;
    return this;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders > 0) return;
    this.bitmap.close();
    for (const copy of this.copies.values()) copy.close();
    this.copies.clear();
  }
}

function scale(bitmap: ImageBitmap, width: number, height: number): ImageBitmap {
  const canvas = new OffscreenCanvas(width, height);
  const context = requireContext(canvas.getContext("2d", { alpha: false }));
  // The lower quality leaves out pixels of an image that is halved or smaller.
  context.imageSmoothingQuality = "medium";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.transferToImageBitmap();
}
