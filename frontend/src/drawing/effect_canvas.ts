/**
 * Draws effects on bytes, without a graphics card. A context's own `filter` is missing in Safari
 * and fades at the image's edges.
 */
import { pixelContext } from "../kit/canvas";
import type { Mask } from "../source/mask";
import { Blur, LANE_BITS, type Lanes } from "./blur";
import { coverClasses, keepOthers } from "./class_bytes";
import type { Color } from "./color";
import { WholeEnlarger } from "./difference";
import type { BackgroundPixels, MaskColors, ShownClass } from "./effect";
import { alphaOf, type Cells, joined, mix, pixelate, type Split, splitUp } from "./effect_bytes";
import type { Look, Masked } from "./look";
import { cover, layOver } from "./mask_cover";
import { type Colors, colorsAround, Decontaminator, means, smallSize } from "./matting";
import { Reader } from "./readback";
import { WholePlaneEnlarger } from "./whole_plane";

/** The drawing surface of effects, for images of one size, not mirrored. */
export class EffectCanvas {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly reader = new Reader();
  private readonly enlarger = new WholeEnlarger();
  private readonly planes = new WholePlaneEnlarger();
  private readonly blurs = { odd: new Blur(), even: new Blur(), alpha: new Blur() };
  private readonly decontaminator = new Decontaminator();
  private readonly split: Split;
  private readonly under: Split;
  private readonly foreground: Lanes;
  private readonly drawn: ImageData;
  /** The last read image: moving a slider does not read it again. */
  private held: Masked | null = null;
  private heldMask: Mask | null = null;
  private threshold = 0;
  private levels: Uint8Array = new Uint8Array(0);
  image: ImageData;
  /** The last blur of the held image. */
  private blurred: { amount: number; under: Split } | null = null;
  /** The held image, shrunk for matting. */
  private small: Split | null = null;
  /** The version of the background in `under`; null for a color. */
  private version: number | null = null;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.context = pixelContext(width, height);
    this.canvas = this.context.canvas;
    const lanes = () => new Int32Array(width * height);
    this.split = { odd: lanes(), even: lanes() };
    this.under = { odd: lanes(), even: lanes() };
    this.foreground = lanes();
    this.drawn = new ImageData(width, height);
    this.image = this.drawn;
  }

  /** Start with this image and its mask. */
  begin(masked: Masked, { threshold }: Look): void {
    this.threshold = threshold;
    if (masked !== this.held) this.hold(masked);
  }

  /** Write the result to the canvas. */
  end(): void {
    this.context.putImageData(this.drawn, 0, 0);
  }

  /** The foreground share of each pixel, blurred. */
  alpha(soft: boolean, blur: number): Lanes {
    const { width, height, foreground, threshold } = this;
    alphaOf(this.levels, threshold, soft, foreground);
    return this.blurs.alpha.blur(foreground, width, height, blur);
  }

  /** Blend the image over the background by `alpha`. */
  mix(over: ImageData, under: Split, alpha: Lanes): void {
    mix(new Uint32Array(over.data.buffer), under, alpha, new Uint32Array(this.drawn.data.buffer));
  }

  /** Draw the mask over the image in coarse cells. */
  pixelate(alpha: Lanes, cells: Cells): void {
    const { width, height, drawn } = this;
    drawn.data.set(this.image.data);
    pixelate(drawn.data, width, height, alpha, cells);
  }

  /** Draw a colored mask over the image. */
  cover(colors: MaskColors, blur: number, opacity: number): void {
    cover(this.levels, this.width, this.threshold, colors, this.split);
    this.layOver(blur, opacity);
  }

  /** Blend the mask in `split` over the image. */
  private layOver(blur: number, opacity: number): void {
    const { width, height, split, blurs, image, drawn } = this;
    // The blurred image was made of `split`.
    this.blurred = null;
    const blurred = {
      odd: blurs.odd.blur(split.odd, width, height, blur),
      even: blurs.even.blur(split.even, width, height, blur),
    };
    const to = new Uint32Array(drawn.data.buffer);
    layOver(new Uint32Array(image.data.buffer), blurred, opacity, to);
  }

  /**
   * How much of each pixel stays as it is where these classes are blurred, blurred at their edges;
   * nothing where it is not known where they are.
   */
  kept(classes: readonly ShownClass[] | null, edge: number): Lanes {
    const { width, height, foreground, threshold, levels } = this;
    const labels = this.labels();
    if (classes && labels) keepOthers({ levels, labels, width }, threshold, classes, foreground);
    else foreground.fill(0);
    return this.blurs.alpha.blur(foreground, width, height, edge);
  }

  /** Draw these classes over the image in their colors; nothing if it is not known where they are. */
  coverClasses(
    classes: readonly ShownClass[] | null,
    rest: Color | null,
    blur: number,
    opacity: number,
  ): void {
    const { width, threshold, split, levels, image, drawn } = this;
    const labels = this.labels();
    if (!classes || !labels) {
      drawn.data.set(image.data);
      return;
    }
    coverClasses({ levels, labels, width }, threshold, classes, rest, split);
    this.layOver(blur, opacity);
  }

  /** Remove the old background's color from soft edges. */
  decontaminated(alpha: Lanes): ImageData {
    const { drawn } = this;
    drawn.data.set(this.image.data);
    this.decontaminator.apply(drawn.data, alpha, this, this.colorsAround(alpha));
    return drawn;
  }

  /** The image, blurred. */
  blurredImage(amount: number): Split {
    const { width, height, split, blurs } = this;
    if (this.blurred?.amount !== amount) {
      splitUp(this.image, split);
      const odd = blurs.odd.blur(split.odd, width, height, amount);
      const even = blurs.even.blur(split.even, width, height, amount);
      this.blurred = { amount, under: { odd, even } };
    }
    return this.blurred.under;
  }

  /** Get a replaced background. */
  otherBackground(background: BackgroundPixels): Split {
    const { width, height, under } = this;
    const canvas = background.canvasOf(width, height);
    if (!canvas) {
      const [color = 0] = new Uint32Array(Uint8Array.of(...background.color, 255).buffer);
      under.odd.fill(color & LANE_BITS);
      under.even.fill((color >>> 8) & LANE_BITS);
      this.version = null;
    } else if (background.version !== this.version) {
      splitUp(this.reader.read(canvas, false), under);
      this.version = background.version;
    }
    return under;
  }

  /** The labels of the image's pixels; null for a model without classes. */
  private labels(): Uint8Array | null {
    const { held, width, height, planes } = this;
    const plane = held?.mask.labels;
    return held && plane ? planes.enlarge(held.mask, plane, width, height) : null;
  }

  private hold(masked: Masked): void {
    const { width, height } = this;
    this.image = this.reader.read(masked.bitmap, false);
    if (masked.mask !== this.heldMask)
      this.levels = this.enlarger.enlarge(masked.mask, width, height, false);
    this.held = masked;
    this.heldMask = masked.mask;
    this.blurred = null;
    this.small = null;
  }

  /** Estimate the colors around each place of the held image. */
  private colorsAround(alpha: Lanes): Colors {
    const { width, height, split } = this;
    const size = smallSize(width, height);
    if (!this.small) {
      splitUp(this.image, split);
      this.small = { odd: means(split.odd, this, size), even: means(split.even, this, size) };
    }
    const shares = means(alpha, this, size);
    return colorsAround(joined(this.small, shares), size);
  }
}
