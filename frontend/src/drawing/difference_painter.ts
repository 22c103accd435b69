/** Draws a picture with the difference of two masks of it, on canvas 2D. */
import type { Mask } from "../mask";
import type { Picture } from "../picture";
import { compose } from "./canvas2d";
import {
  categoryColours,
  type DifferenceLook,
  differenceColours,
  paintAgreement,
  paintDifference,
  type Shares,
  WholeEnlarger,
} from "./difference";

/** A picture and what two models made of it. */
export interface Pair {
  picture: Picture;
  a: Mask;
  b: Mask;
}

/** A mask at the picture's size, kept for as long as it is drawn. */
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

/** What is needed for pictures of one size. */
class Layer {
  readonly canvas: OffscreenCanvas;
  readonly pixels: Uint32Array<ArrayBuffer>;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly image: ImageData;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d", {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    this.pixels = new Uint32Array(width * height);
    this.image = new ImageData(new Uint8ClampedArray(this.pixels.buffer), width);
  }

  /** Put the pixels on the canvas. */
  show(): void {
    this.context.putImageData(this.image, 0, 0);
  }
}

export class DifferencePainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly a = new Enlarged();
  private readonly b = new Enlarged();
  private layer: Layer | null = null;
  /** The colours that were used last: pictures follow each other with the same opacity. */
  private coloursOf = "";
  private colours: Uint32Array = new Uint32Array(0);

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser cannot draw on a canvas.");
    this.context = context;
  }

  /** Draw a pair; of agreement, give the shares of the categories. */
  draw({ picture, a, b }: Pair, look: DifferenceLook): Shares | null {
    const { bitmap } = picture;
    const { width, height } = bitmap;
    const { view, mirror, thresholds } = look;
    if (this.layer?.width !== width || this.layer.height !== height)
      this.layer = new Layer(width, height);
    const { layer } = this;
    const [ofA, ofB] = [
      this.a.hold(a, width, height, mirror),
      this.b.hold(b, width, height, mirror),
    ];
    const colours = this.coloursFor(look);
    let shares: Shares | null = null;
    if (view === "agreement") shares = paintAgreement(ofA, ofB, thresholds, colours, layer.pixels);
    else paintDifference(ofA, ofB, colours, layer.pixels);
    layer.show();
    compose(this.context, bitmap, layer.canvas, { mirror, cutOut: false });
    return shares;
  }

  /** The 8-bit probabilities that are drawn at a place, in shares of what is seen. */
  levelsAt(x: number, y: number): { a: number; b: number } | null {
    if (!this.layer) return null;
    const { width, height } = this.layer;
    const column = Math.min(Math.floor(x * width), width - 1);
    const index = Math.min(Math.floor(y * height), height - 1) * width + column;
    const [a, b] = [this.a.levels[index], this.b.levels[index]];
    return a === undefined || b === undefined ? null : { a, b };
  }

  private coloursFor({ view, opacity }: DifferenceLook): Uint32Array {
    const wanted = `${view} ${opacity}`;
    if (wanted !== this.coloursOf) {
      this.colours = view === "agreement" ? categoryColours(opacity) : differenceColours(opacity);
      this.coloursOf = wanted;
    }
    return this.colours;
  }
}
