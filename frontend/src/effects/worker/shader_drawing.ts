/** Draws with the chosen shader, and stops it when it takes too long. */
import { ShaderPainter } from "../../drawing/shader";
import type { ShaderSource } from "../../generated";
import { now } from "../../kit/clock";
import type { Answered } from "../../source/worker/answered";
import type { Problem, ShownEffect } from "../effect_messages";
import type { BackgroundLayer } from "./background_layer";
import { LONGEST, ShaderPatience, SLOW, SLOW_IN_A_ROW, type Verdict } from "./shader_patience";
import { ShaderTurns } from "./shader_turns";

const NO_WEBGL =
  "This browser offers no WebGL2, which shaders need. Switch on graphics acceleration in its " +
  "settings, or write the effect in Python.";

/** For effects that have drawn nothing yet. */
export const ORIGINAL = "Showing the original frame.";

const WHY: Readonly<Record<Verdict, string>> = {
  endless: `One frame took it longer than ${LONGEST / 1000} seconds.`,
  slow: `${SLOW_IN_A_ROW} frames in a row took it longer than ${SLOW} ms each.`,
  lost: "The browser had to reset its graphics while this shader drew a frame.",
};
const FIX =
  "Nothing else can be drawn meanwhile. Shorten its loops, or let it read fewer pixels, and " +
  "create it again; or choose another effect. Choosing it again tries it once more.";

/** How often to look whether a frame is drawn, ms. */
const LOOK_INTERVAL = 4;

/** Of all views of this worker. */
const TURNS = new ShaderTurns();
/** Shaders that were stopped in any of them. */
const STOPPED = new Map<string, Verdict>();

/** The last compiled shader, and the compiler's message. */
interface Tried {
  shader: ShaderSource;
  wrong: string;
}

/** A frame that is to be drawn; its image is held. */
interface Order {
  effect: ShownEffect;
  shader: ShaderSource;
  answered: Answered;
  threshold: number;
  /** The versions of the background, and of all that the page says. */
  background: number;
  look: number;
}

/** A frame that the graphics card is drawing. */
interface Job {
  order: Order;
  painter: ShaderPainter;
  giveBack(): void;
  looked: number;
}

type Show = (image: ImageBitmap | OffscreenCanvas) => void;

export class ShaderDrawing {
  /** What the shader has drawn last is of this result; null before it has drawn any. */
  made: Answered | null = null;
  /** Exists only while a shader is chosen: browsers allow few WebGL contexts. */
  private painter: ShaderPainter | null = null;
  private patience = new ShaderPatience();
  private tried: Tried | null = null;
  /** The last shader that compiled, by effect. */
  private readonly good = new Map<string, ShaderSource>();
  private look = 0;
  private next: Order | null = null;
  private job: Job | null = null;
  /** What was drawn last, or could not be. */
  private last: Order | null = null;
  /** Whether what was drawn last is not shown yet. */
  private isFresh = false;
  private readonly begin = () => this.beginNext();

  /**
   * @param report tells the page what is wrong, with the text for Python; null if nothing is
   * @param redraw schedules drawing the view
   */
  constructor(
    private readonly background: BackgroundLayer,
    private readonly report: (problem: Problem | null, shader: string) => void,
    private readonly redraw: () => void,
  ) {}

  /** The page has changed what the image has to look like. */
  change(): void {
    this.look += 1;
  }

  /** Try a shader once more that was stopped. */
  forgive(shader: ShaderSource): void {
    STOPPED.delete(keyOf(shader));
  }

  /**
   * Show what the shader has drawn, and let it draw this result next. Nobody waits for it: whoever
   * reads an image that is not drawn yet stands still until it is.
   *
   * @param show shows an image: the original one where the shader has drawn none
   * @returns whether the image now looks as it has to
   */
  draw(
    effect: ShownEffect,
    shader: ShaderSource,
    answered: Answered,
    threshold: number,
    show: Show,
  ): boolean {
    const stopped = STOPPED.get(keyOf(shader));
    if (stopped) {
      this.forget();
      this.tellStopped(effect, stopped);
      show(answered.image.bitmap);
      return true;
    }
    const { job, isFresh, look } = this;
    if (!job && this.painter?.isLost) this.forget();
    this.background.canvasOf(answered.image.bitmap.width, answered.image.bitmap.height);
    const background = this.background.version;
    const order = { effect, shader, answered, threshold, background, look };
    if (this.isFresh || isSame(order, this.last)) this.showLast(answered, show);
    if (isSame(order, this.last)) return true;
    if (!isSame(order, job?.order)) this.order(order);
    if (!this.made) show(answered.image.bitmap);
    const isOver = !this.job && !this.next;
    return isOver || (isFresh && this.last?.look === look);
  }

  /** Forget what was drawn, and what is to be. */
  forget(): void {
    this.made?.image.release();
    this.made = null;
    this.last = null;
    this.isFresh = false;
    this.setNext(null);
    // The graphics card cannot be told to leave off: whose turn it is ends with what it draws.
    if (!this.job) this.painter?.dispose();
    this.job = null;
    this.painter = null;
    this.tried = null;
  }

  /** Forget the shader that was chosen, too. */
  close(): void {
    this.forget();
    this.patience = new ShaderPatience();
  }

  private order(order: Order): void {
    order.answered.image.hold();
    this.setNext(order);
    this.beginNext();
  }

  private setNext(order: Order | null): void {
    this.next?.answered.image.release();
    this.next = order;
    if (!order) TURNS.leave(this.begin);
  }

  private beginNext(): void {
    const { next: order } = this;
    // What was drawn is shown first: reading it would wait for what is drawn next.
    if (!order || this.job || this.isFresh) return;
    if (STOPPED.has(keyOf(order.shader))) {
      this.redraw();
      return;
    }
    const giveBack = TURNS.take(this.begin);
    if (!giveBack) return;
    this.next = null;
    this.painter ??= ShaderPainter.create();
    const { painter } = this;
    if (painter && this.paint(painter, order)) {
      this.patience.begin();
      this.job = { order, painter, giveBack, looked: now() };
      this.watch(this.job);
      return;
    }
    if (!painter) this.tellNoWebgl(order.effect);
    this.made?.image.release();
    this.made = null;
    this.last = order;
    order.answered.image.release();
    giveBack();
    this.redraw();
  }

  /** Begin to draw; return whether there is a shader to draw with. */
  private paint(painter: ShaderPainter, order: Order): boolean {
    const { effect, shader, answered, threshold } = order;
    const { background } = this;
    const wrong = this.compiled(painter, effect.name, shader);
    const { width, height } = answered.image.bitmap;
    const begun = painter.begin(answered, {
      threshold,
      background: background.canvasOf(width, height) ?? background.color,
      parameters: effect.parameters,
    });
    const stays = begun ? "Still using the previous version." : ORIGINAL;
    const head = `The shader \u201c${effect.name}\u201d does not compile. ${stays}`;
    this.report(wrong ? { head, text: wrong } : null, wrong);
    return begun;
  }

  /**
   * Compile a shader once; if that fails, use the last good one of this effect. Return the
   * compiler's message.
   */
  private compiled(painter: ShaderPainter, name: string, shader: ShaderSource): string {
    const { tried, good } = this;
    if (tried && keyOf(tried.shader) === keyOf(shader)) return tried.wrong;
    const wrong = painter.use(shader);
    const before = good.get(name);
    if (!wrong) good.set(name, shader);
    else if (!tried && before) painter.use(before);
    this.tried = { shader, wrong };
    return wrong;
  }

  /** Look again and again whether a frame is drawn. */
  private watch(job: Job): void {
    setTimeout(() => {
      const { painter, order } = job;
      const isWanted = this.job === job;
      if (painter.isLost || painter.isDone) {
        if (isWanted) this.take(job);
        else {
          painter.dispose();
          order.answered.image.release();
        }
        job.giveBack();
        return;
      }
      const at = now();
      const verdict = isWanted ? this.patience.wait(at - job.looked) : null;
      job.looked = at;
      if (verdict) this.stop(order, verdict);
      this.watch(job);
    }, LOOK_INTERVAL);
  }

  /** Take what was drawn, or lost. */
  private take({ order, painter }: Job): void {
    this.job = null;
    const { isLost } = painter;
    const verdict = isLost ? this.patience.lose() : this.patience.end();
    if (isLost || verdict) {
      order.answered.image.release();
      this.forget();
      if (verdict) this.stop(order, verdict);
    } else {
      this.made?.image.release();
      this.made = order.answered;
      this.last = order;
      this.isFresh = true;
    }
    this.redraw();
  }

  private stop({ effect, shader }: Order, verdict: Verdict): void {
    STOPPED.set(keyOf(shader), verdict);
    this.forget();
    this.tellStopped(effect, verdict);
    this.redraw();
  }

  private showLast(answered: Answered, show: Show): void {
    this.isFresh = false;
    show(this.made && this.painter ? this.painter.show() : answered.image.bitmap);
  }

  private tellStopped({ name }: ShownEffect, verdict: Verdict): void {
    const head = `The shader \u201c${name}\u201d was stopped. ${ORIGINAL}`;
    const text = `${WHY[verdict]} ${FIX}`;
    this.report({ head, text }, text);
  }

  private tellNoWebgl({ name }: ShownEffect): void {
    this.report({ head: `The shader \u201c${name}\u201d cannot run.`, text: NO_WEBGL }, NO_WEBGL);
  }
}

function keyOf({ declarations, source }: ShaderSource): string {
  return `${declarations}\n${source}`;
}

function isSame(order: Order, other: Order | null | undefined): boolean {
  return (
    order.answered === other?.answered &&
    order.look === other.look &&
    order.background === other.background
  );
}
