/** Drawing where there is no graphics card for WebGL2. */
import { inPixels } from "../mask";
import type { MaskedPicture } from "../source";
import type { Look, Renderer } from "./look";
import { Enlarger, overlay, overlayOutside } from "./pixels";

/** What is needed for pictures of one size. */
class Layer {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly pixels: Uint32Array<ArrayBuffer>;
  private readonly enlarger = new Enlarger();
  /** What was enlarged last, so that a slider does not enlarge it again. */
  private held: MaskedPicture | null = null;
  private enlarged = new Uint8Array(0);

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d", {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    this.pixels = new Uint32Array(width * height);
  }

  draw(masked: MaskedPicture, look: Look): void {
    const { width, height, context, pixels } = this;
    const region = inPixels(masked.mask.region, width, height);
    const covered = region.width * region.height;
    if (covered < width * height) this.fill(overlayOutside(look));
    if (covered === 0) return;
    if (masked !== this.held)
      this.enlarged = this.enlarger.enlarge(masked.mask, region.width, region.height);
    this.held = masked;
    overlay(this.enlarged, { width, height, region }, look, pixels);
    const bytes = new Uint8ClampedArray(pixels.buffer, 0, 4 * covered);
    context.putImageData(new ImageData(bytes, region.width), region.left, region.top);
  }

  private fill([red, green, blue, alpha]: ReturnType<typeof overlayOutside>): void {
    const { context, width, height } = this;
    context.clearRect(0, 0, width, height);
    if (alpha === 0) return;
    context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    context.fillRect(0, 0, width, height);
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
