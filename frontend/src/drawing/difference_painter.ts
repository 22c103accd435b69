/** Draws an image with the difference of its two masks, on canvas 2D. */
import { requireContext } from "../kit/canvas";
import type { Mask } from "../source/mask";
import type { SharedImage } from "../source/worker/shared_image";
import {
  categoryTones,
  type DifferenceLook,
  differenceTones,
  type LevelPair,
  paintAgreement,
  paintDifference,
  WholeEnlarger,
} from "./difference";
import { Reader } from "./readback";

/** An image and the masks of two models. */
export interface Pair {
  image: SharedImage;
  a: Mask;
  b: Mask;
}

/** A mask at the size of an image, kept while both stay the same. */
class Enlarged {
  private readonly enlarger = new WholeEnlarger();
  private held: Mask | null = null;
  private width = 0;
  private height = 0;
  private mirrored = false;
  private levels: Uint8Array = new Uint8Array(0);

  hold(mask: Mask, width: number, height: number, mirror: boolean): Uint8Array {
    const fits = width === this.width && height === this.height && mirror === this.mirrored;
    if (mask !== this.held || !fits)
      this.levels = this.enlarger.enlarge(mask, width, height, mirror);
    this.held = mask;
    this.width = width;
    this.height = height;
    this.mirrored = mirror;
    return this.levels;
  }
}

export class DifferencePainter {
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly reader = new Reader();
  private readonly drawn = { a: new Enlarged(), b: new Enlarged() };
  private readonly counted = { a: new Enlarged(), b: new Enlarged() };
  /** The last used tones: consecutive images usually have the same opacity. */
  private tonesOf = "";
  private tones: Uint32Array = new Uint32Array(0);

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = requireContext(canvas.getContext("2d"));
  }

  /** Draw the masks of a pair over its image, which has the size to draw. */
  draw(bitmap: ImageBitmap, { a, b }: Pair, look: DifferenceLook): void {
    const { canvas, drawn } = this;
    const { width, height } = bitmap;
    const { view, mirror, thresholds } = look;
    const ofA = drawn.a.hold(a, width, height, mirror);
    const ofB = drawn.b.hold(b, width, height, mirror);
    const tones = this.tonesFor(look);
    const image = this.reader.read(bitmap, mirror);
    if (view === "agreement") paintAgreement(image.data, ofA, ofB, thresholds, tones);
    else paintDifference(image.data, ofA, ofB, tones);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.context.putImageData(image, 0, 0);
  }

  /** The levels of a pair at the pixels of its image. */
  levelsOf({ image: { bitmap }, a, b }: Pair): LevelPair {
    const { width, height } = bitmap;
    const { counted } = this;
    return {
      a: counted.a.hold(a, width, height, false),
      b: counted.b.hold(b, width, height, false),
      length: width * height,
    };
  }

  private tonesFor({ view, opacity }: DifferenceLook): Uint32Array {
    const wanted = `${view} ${opacity}`;
    if (wanted !== this.tonesOf)
      this.tones = view === "agreement" ? categoryTones(opacity) : differenceTones(opacity);
    this.tonesOf = wanted;
    return this.tones;
  }
}
