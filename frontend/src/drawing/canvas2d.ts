/** Draws without a graphics card. */
import { pixelContext, requireContext } from "../kit/canvas";
import { CANVAS_PAINTERS } from "./canvas2d_effects";
import { type EffectLook, painterOf } from "./effect";
import { EffectCanvas } from "./effect_canvas";
import type { Look, Masked, Renderer } from "./look";
import { PlaneEnlarger } from "./number_plane";
import { Enlarger, overlay, overlayNumbers, overlayOutside, seenRegion } from "./pixels";

/** The overlay for images of one size; already mirrored, which makes drawing it cheaper. */
class Layer {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly pixels: Uint32Array<ArrayBuffer>;
  private readonly enlarger = new Enlarger();
  private readonly planes = new PlaneEnlarger();
  /** The last enlarged mask: moving a slider does not enlarge it again. */
  private held: Masked | null = null;
  private heldMirrored = false;
  private enlarged: Uint8Array = new Uint8Array(0);

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.context = pixelContext(width, height);
    this.canvas = this.context.canvas;
    this.pixels = new Uint32Array(width * height);
  }

  draw(masked: Masked, look: Look): void {
    const { width, height, context, pixels } = this;
    const { mirror } = look;
    const region = seenRegion(masked.mask, width, height, mirror);
    const covered = region.width * region.height;
    if (covered < width * height) this.fill(overlayOutside(look));
    if (covered === 0) return;
    if (masked !== this.held || mirror !== this.heldMirrored)
      this.enlarged = this.enlarger.enlarge(masked.mask, region.width, region.height, mirror);
    this.held = masked;
    this.heldMirrored = mirror;
    if (look.colored) {
      const { plane } = look.colored;
      const [across, down] = [region.width, region.height];
      const numbers = this.planes.enlarge(masked.mask, plane, across, down, mirror);
      overlayNumbers(this.enlarged, numbers, covered, look, pixels);
    } else overlay(this.enlarged, { width, height, region }, look, pixels);
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

/**
 * Replace the canvas's content by an image and its overlay.
 *
 * @param layer has the image's size and is already mirrored; null for none
 * @param cutOut whether the layer is a stencil for the image instead of an overlay
 */
function compose(
  context: OffscreenCanvasRenderingContext2D,
  bitmap: ImageBitmap | OffscreenCanvas,
  layer: OffscreenCanvas | null,
  { mirror, cutOut }: { mirror: boolean; cutOut: boolean },
): void {
  const { canvas } = context;
  const { width, height } = bitmap;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const lay = () => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (layer) context.drawImage(layer, 0, 0);
  };
  // The scale is 1. Without smoothing, mirroring in software takes half the time.
  context.imageSmoothingEnabled = false;
  context.globalCompositeOperation = "copy";
  // Drawing the image atop the stencil is far faster than cutting it out, which touches the whole
  // canvas.
  if (cutOut) {
    lay();
    context.globalCompositeOperation = "source-atop";
  }
  context.setTransform(mirror ? -1 : 1, 0, 0, 1, mirror ? width : 0, 0);
  context.drawImage(bitmap, 0, 0);
  context.globalCompositeOperation = "source-over";
  if (!cutOut) lay();
}

export class Canvas2dRenderer implements Renderer {
  readonly name = "canvas2d";
  private layer: Layer | null = null;
  private effects: EffectCanvas | null = null;

  private constructor(private readonly context: OffscreenCanvasRenderingContext2D) {}

  static create(canvas: OffscreenCanvas): Canvas2dRenderer {
    return new Canvas2dRenderer(requireContext(canvas.getContext("2d")));
  }

  draw(masked: Masked, look: Look, effect: EffectLook | null): void {
    const { bitmap } = masked;
    const { width, height } = bitmap;
    const { view, mirror } = look;
    if (view === "effect") {
      if (!effect) throw new Error("The view shows an effect, but none is given.");
      if (this.effects?.width !== width || this.effects.height !== height)
        this.effects = new EffectCanvas(width, height);
      this.effects.begin(masked, look);
      painterOf(CANVAS_PAINTERS, effect.effect)(this.effects, effect);
      this.effects.end();
      compose(this.context, this.effects.canvas, null, { mirror, cutOut: false });
      return;
    }
    if (view !== "picture") {
      if (this.layer?.width !== width || this.layer.height !== height)
        this.layer = new Layer(width, height);
      this.layer.draw(masked, look);
    }
    const laid = view === "picture" ? null : (this.layer?.canvas ?? null);
    compose(this.context, bitmap, laid, { mirror, cutOut: view === "cut-out" });
  }

  show(image: ImageBitmap | OffscreenCanvas, mirror: boolean): void {
    compose(this.context, image, null, { mirror, cutOut: false });
  }

  dispose(): void {
    this.layer = null;
    this.effects = null;
  }
}
