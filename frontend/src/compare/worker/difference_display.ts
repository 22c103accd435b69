/** The worker's half of a difference view: draws the frames that two streams have in common. */
import { agreementShares, category } from "../../drawing/difference";
import { DifferencePainter, type Pair } from "../../drawing/difference_painter";
import type { Overlaid } from "../../drawing/overlay";
import { clearCanvas } from "../../kit/canvas";
import { now } from "../../kit/clock";
import type { Place } from "../../kit/place";
import { probabilityAt } from "../../source/mask";
import type { MaskedImage } from "../../source/worker/answered";
import type { DisplayContext, OpenDisplay } from "../../source/worker/display";
import type { SharedImage } from "../../source/worker/shared_image";
import type { ImageInit } from "../../view/image_messages";
import { ImageSurface, type SurfaceOwner } from "../../view/worker/image_surface";
import type {
  DifferenceImage,
  DifferenceMessage,
  DifferenceNews,
  Member,
} from "../difference_messages";
import { describePixel } from "./describe_pixel";
import { Pairs } from "./pairs";

class DifferenceDisplay implements SurfaceOwner<DifferenceImage> {
  private readonly surface: ImageSurface<DifferenceImage>;
  private readonly painter: DifferencePainter;
  private readonly pairs = new Pairs();
  /** Ends the subscriptions to each side. */
  private readonly subscriptions: Record<Member, AbortController | null> = { a: null, b: null };
  private shown: Pair | null = null;
  private look: DifferenceImage | null = null;
  /** What the page was told last. */
  private told = "";
  /** Have the shares told. */
  private readonly count: () => void;

  constructor(
    init: ImageInit,
    private readonly context: DisplayContext,
  ) {
    const { port, figures, signal } = context;
    this.surface = new ImageSurface(init.overlay, port, this, signal);
    this.painter = new DifferencePainter(init.canvas);
    this.count = figures.join(() => this.tellShares(), signal);
    port.onmessage = ({ data }: MessageEvent<DifferenceMessage>) => this.receive(data);
    context.results.onClear(() => this.clear(init.canvas), signal);
    signal.addEventListener("abort", () => this.shown?.image.release());
  }

  // --- for the surface

  get image(): SharedImage | null {
    return this.shown?.image ?? null;
  }

  draw(look: DifferenceImage): boolean {
    const { shown } = this;
    if (!shown) return false;
    const { width, height } = this.surface.sizeOf(shown.image.bitmap);
    this.painter.draw(shown.image.scaled(width, height), shown, look);
    this.look = look;
    if (look.view === "agreement") this.count();
    return true;
  }

  overlaid({ frameNumber }: DifferenceImage): Overlaid {
    const number = frameNumber && this.shown ? this.shown.image.id : null;
    return { skeletons: null, marked: null, number };
  }

  textAt({ x, y }: Place, { mirror, thresholds, names }: DifferenceImage): string | null {
    const { shown } = this;
    if (!shown) return null;
    const { width, height } = shown.image.bitmap;
    // In the middle of the pixel.
    const middle = (share: number, size: number) =>
      (Math.min(Math.floor(share * size), size - 1) + 0.5) / size;
    const u = middle(x, width);
    const level = (side: Member) =>
      Math.round(255 * probabilityAt(shown[side], mirror ? 1 - u : u, middle(y, height)));
    const levels = { a: level("a"), b: level("b") };
    return describePixel(names, levels, category(levels.a, levels.b, thresholds));
  }

  // --- results

  private receive(message: DifferenceMessage): void {
    if (message.kind === "side") this.connect(message.side, message.stream);
    else this.surface.receive(message);
  }

  /** Listen to a side's stream in place of the previous one. */
  private connect(side: Member, stream: string | null): void {
    const { subscriptions, pairs, context } = this;
    subscriptions[side]?.abort();
    pairs.clear(side);
    this.show(null);
    this.tellPairs(false);
    if (stream === null) return;
    const ending = new AbortController();
    subscriptions[side] = ending;
    const signal = AbortSignal.any([ending.signal, context.signal]);
    context.results.onResult(stream, (answered) => this.take(side, answered), signal);
  }

  /** Show nothing until both have finished a frame again. */
  private clear(canvas: OffscreenCanvas): void {
    for (const side of ["a", "b"] as const) this.pairs.clear(side);
    this.show(null);
    clearCanvas(canvas);
    this.surface.drawSoon();
    this.tellPairs(false);
  }

  private take(side: Member, answered: MaskedImage): void {
    const at = now();
    const pair = this.pairs.add(side, answered, at);
    if (pair) {
      pair.image.hold();
      this.show(pair);
    }
    this.tellPairs(this.pairs.apart(at));
  }

  /** Show a pair, whose image is held, in place of the previous one. */
  private show(pair: Pair | null): void {
    this.shown?.image.release();
    this.shown = pair;
    if (pair) this.surface.drawSoon();
    else this.count();
  }

  // --- the page

  private tellPairs(apart: boolean): void {
    const news: DifferenceNews = { kind: "pairs", hasPair: this.shown !== null, apart };
    const text = JSON.stringify(news);
    if (text === this.told) return;
    this.told = text;
    this.tell(news);
  }

  /** Tell the shares at the image's own size, whatever the size at which it is drawn. */
  private tellShares(): void {
    const { shown, look } = this;
    const shares =
      shown && look ? agreementShares(this.painter.levelsOf(shown), look.thresholds) : null;
    this.tell({ kind: "shares", shares });
  }

  private tell(news: DifferenceNews): void {
    this.context.port.postMessage(news);
  }
}

export const openDifference: OpenDisplay<ImageInit> = (init, context) => {
  new DifferenceDisplay(init, context);
};
