/** Draws an image with the difference of its two masks, on canvas 2D. */
import { requireContext } from "../kit/canvas";
import type { Mask } from "../source/mask";
import type { SharedImage } from "../source/worker/shared_image";
import {
  categoryTones,
  type DifferenceLook,
  differenceTones,
  paintAgreement,
  paintDifference,
  type Shares,
  WholeEnlarger,
} from "./difference";
import { Reader } from "./readback";

/** An image and the masks of two models. */
export interface Pair {
  image: SharedImage;
  a: Mask;
  b: Mask;
}

/** A mask at the image's size, kept while it is drawn. */
class Enlarged {
  private readonly enlarger = new WholeEnlarger();
  private held: Mask | null = null;
  private mirrored = false;
  levels: Uint8Array = new Uint8Array(0);

  hold(mask: Mask, width: number, height: number, mirror: boolean): Uint8Array {
    const fits = this.levels.length >= width * height;
    if (mask !== this.held || mirror !== this.mirrored || !fits)
      this.levels = this.enlarger.enlarge(mask, width, height, mirror);
    this.held = mask;
    this.mirrored = mirror;
    return this.levels;
  }
}

export class DifferencePainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly reader = new Reader();
  private readonly a = new Enlarged();
  private readonly b = new Enlarged();
  private size = { width: 0, height: 0 };
  /** The last used tones: consecutive images usually have the same opacity. */
  private tonesOf = "";
  private tones: Uint32Array = new Uint32Array(0);

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = requireContext(canvas.getContext("2d"));
  }

  /** Draw a pair; return the categories' shares in the view "agreement". */
  draw({ image: { bitmap }, a, b }: Pair, look: DifferenceLook): Shares | null {
    const { canvas } = this;
    const { width, height } = bitmap;
    const { view, mirror, thresholds } = look;
    this.size = { width, height };
    const ofA = this.a.hold(a, width, height, mirror);
    const ofB = this.b.hold(b, width, height, mirror);
    const tones = this.tonesFor(look);
    const image = this.reader.read(bitmap, mirror);
    let shares: Shares | null = null;
    if (view === "agreement") shares = paintAgreement(image.data, ofA, ofB, thresholds, tones);
    else paintDifference(image.data, ofA, ofB, tones);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, this.size);
    this.context.putImageData(image, 0, 0);
    return shares;
  }

  /** The 8-bit probabilities at a place, in fractions of the visible image. */
  levelsAt(x: number, y: number): { a: number; b: number } | null {
    const { width, height } = this.size;
    const column = Math.min(Math.floor(x * width), width - 1);
    const index = Math.min(Math.floor(y * height), height - 1) * width + column;
    const [a, b] = [this.a.levels[index], this.b.levels[index]];
    return a === undefined || b === undefined ? null : { a, b };
  }

  private tonesFor({ view, opacity }: DifferenceLook): Uint32Array {
    const wanted = `${view} ${opacity}`;
    if (wanted !== this.tonesOf)
      this.tones = view === "agreement" ? categoryTones(opacity) : differenceTones(opacity);
    this.tonesOf = wanted;
    return this.tones;
  }
}
