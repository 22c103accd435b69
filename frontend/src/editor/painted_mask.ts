/** A mask that is painted, and remembers how it was before. */
import { around, brushed, type Pixel, type Plane, type Rect } from "./brush";

/** Where a person is, and elsewhere: as masks are sent. */
export const PERSON = 255;
export const NOBODY = 0;

/** How many strokes can be undone. */
export const MOST_STEPS = 200;

/** What one stroke changed: the pixels in a rectangle that it turned, a bit for each. */
interface Step {
  rect: Rect;
  turned: Uint8Array;
}

export class PaintedMask implements Plane {
  readonly data: Uint8Array;
  private readonly undoable: Step[] = [];
  private readonly redoable: Step[] = [];
  /** Of the stroke that is being drawn: which pixels it has turned, and where they are. */
  private readonly turned: Uint8Array;
  private within: Rect | null = null;

  /** @param data of each pixel `PERSON` or `NOBODY`; it is copied */
  constructor(
    data: Uint8Array,
    readonly width: number,
    readonly height: number,
  ) {
    this.data = data.slice();
    this.turned = new Uint8Array(data.length);
  }

  get canUndo(): boolean {
    return this.undoable.length > 0;
  }

  get canRedo(): boolean {
    return this.redoable.length > 0;
  }

  /** The share of the image that is a person, 0 to 1. */
  get coverage(): number {
    let person = 0;
    for (const value of this.data) if (value === PERSON) person += 1;
    return person / this.data.length;
  }

  /** Whether a pixel is a person. */
  has({ x, y }: Pixel): boolean {
    return this.data[y * this.width + x] === PERSON;
  }

  /**
   * Go on with a stroke, or begin one.
   *
   * @param value what it leaves: `PERSON` or `NOBODY`
   * @returns what has to be drawn anew
   */
  paint(from: Pixel, to: Pixel, size: number, value: number): Rect | null {
    const rect = brushed(from, to, size, this, (index) => this.put(index, value));
    this.within = around(this.within, rect);
    return rect;
  }

  /** End a stroke, which is undone as a whole. Returns whether it has changed anything. */
  finish(): boolean {
    const { within } = this;
    this.within = null;
    if (!within) return false;
    const step = { rect: within, turned: this.takeTurned(within) };
    if (step.turned.every((bits) => bits === 0)) return false;
    this.undoable.push(step);
    if (this.undoable.length > MOST_STEPS) this.undoable.shift();
    this.redoable.length = 0;
    return true;
  }

  /** Take back what has been drawn of a stroke. Returns what has to be drawn anew. */
  cancel(): Rect | null {
    const { within } = this;
    if (!within) return null;
    this.within = null;
    this.turn({ rect: within, turned: this.takeTurned(within) });
    return within;
  }

  /** Undo the last stroke. Returns what has to be drawn anew; null if there is none. */
  undo(): Rect | null {
    return this.move(this.undoable, this.redoable);
  }

  /** Do the last stroke again that was undone. */
  redo(): Rect | null {
    return this.move(this.redoable, this.undoable);
  }

  /** Take another mask of this size, which is undone like a stroke. */
  replace(data: Uint8Array): Rect {
    data.forEach((value, index) => {
      this.put(index, value);
    });
    const whole = { left: 0, top: 0, right: this.width, bottom: this.height };
    this.within = whole;
    this.finish();
    return whole;
  }

  private put(index: number, value: number): void {
    if (this.data[index] === value) return;
    this.data[index] = value;
    this.turned[index] = 1 - (this.turned[index] as number);
  }

  private move(from: Step[], to: Step[]): Rect | null {
    const step = from.pop();
    if (!step) return null;
    this.turn(step);
    to.push(step);
    return step.rect;
  }

  private turn({ rect, turned }: Step): void {
    this.visit(rect, (index, at) => {
      if (((turned[at >> 3] as number) >> (at & 7)) & 1)
        this.data[index] = this.data[index] === PERSON ? NOBODY : PERSON;
    });
  }

  private takeTurned(rect: Rect): Uint8Array {
    const area = (rect.right - rect.left) * (rect.bottom - rect.top);
    const bits = new Uint8Array(Math.ceil(area / 8));
    this.visit(rect, (index, at) => {
      if (!this.turned[index]) return;
      this.turned[index] = 0;
      bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7));
    });
    return bits;
  }

  /** Call `visit` with the index of each pixel of a rectangle, in the mask and in the rectangle. */
  private visit(rect: Rect, visit: (index: number, at: number) => void): void {
    let at = 0;
    for (let y = rect.top; y < rect.bottom; y += 1)
      for (let x = rect.left; x < rect.right; x += 1) {
        visit(y * this.width + x, at);
        at += 1;
      }
  }
}
