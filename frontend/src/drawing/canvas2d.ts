/** Drawing where there is no graphics card for WebGL2. */
import type { MaskedPicture } from "../source";
import type { Look, Renderer } from "./look";
import { Enlarger, overlay } from "./pixels";

/** What is needed for pictures of one size. */
class Layer {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly image: ImageData;
  private readonly pixels: Uint32Array;
  private readonly enlarger: Enlarger;
  /** Whose probability the enlarger holds, so that a slider does not enlarge it again. */
  private held: MaskedPicture | null = null;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d", {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.enlarger = new Enlarger(width, height);
  }

  draw(masked: MaskedPicture, look: Look): void {
    if (masked !== this.held) this.enlarger.enlarge(masked.mask);
    this.held = masked;
    overlay(this.enlarger.enlarged, this.width, look, this.pixels);
    this.context.putImageData(this.image, 0, 0);
  }
}

export class Canvas2dRenderer implements Renderer {
  readonly name = "canvas2d";
  private layer: Layer | null = null;

  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly context: CanvasRenderingContext2D,
  ) {}

  static create(canvas: HTMLCanvasElement): Canvas2dRenderer {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser cannot draw on a canvas.");
    return new Canvas2dRenderer(canvas, context);
  }

  draw(masked: MaskedPicture, look: Look): void {
    const { canvas, context } = this;
    const { bitmap } = masked.picture;
    const { width, height } = bitmap;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(look.mirror ? -1 : 1, 0, 0, 1, look.mirror ? width : 0, 0);
    context.globalCompositeOperation = "copy";
    context.drawImage(bitmap, 0, 0);
    if (look.view === "picture") return;
    if (this.layer?.width !== width || this.layer.height !== height) {
      this.layer = new Layer(width, height);
    }
    this.layer.draw(masked, look);
    context.globalCompositeOperation = look.view === "cut-out" ? "destination-in" : "source-over";
    context.drawImage(this.layer.canvas, 0, 0);
  }

  dispose(): void {
    this.layer = null;
  }
}
