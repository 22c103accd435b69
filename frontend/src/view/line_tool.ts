/** Draws a line across an image and moves its ends, by pointer or keys. */
import type { AnyModel } from "@anywidget/types";
import type { Place } from "../kit/place";
import { placeIn } from "../kit/pointer";
import { saveThrottled } from "../kit/save_throttled";
import type { Mirror } from "../source/mirror";
import { type End, endAt, type Line, LineLayer, lineOf, mirrored, numbersOf } from "./line";

interface Traits {
  line: number[];
}

/** How close to an end a pointer or a finger grabs it, in CSS pixels. */
const REACH = 14;
const FINGER_REACH = 26;
/** How far a pointer moves before it draws a new line, so that a click draws none. */
const START = 5;

/** The current drag. */
interface Drag {
  pointer: number;
  /** Where it started, in px, and as a place in the image. */
  x: number;
  y: number;
  from: Place;
  /** The grabbed end; null until it has moved far enough to draw a new line. */
  end: End | null;
}

export class LineTool {
  private readonly layer = new LineLayer();
  readonly el = this.layer.svg;
  private drag: Drag | null = null;
  private readonly save: () => void;

  /** @param mirror when it changes, the line has to be shown again */
  constructor(
    private readonly model: AnyModel<Traits>,
    private readonly frame: HTMLElement,
    private readonly mirror: Pick<Mirror, "isOn">,
    signal: AbortSignal,
  ) {
    this.save = saveThrottled(model);
    model.on("change:line", () => this.show());
    const listen = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ) => frame.addEventListener(type, listener, { signal });
    listen("pointerdown", (event) => this.begin(event));
    listen("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"] as const)
      listen(type, ({ pointerId }) => {
        if (this.drag?.pointer === pointerId) this.drag = null;
      });
    this.show();
  }

  /** Whether there is a line. */
  get isThere(): boolean {
    return this.line !== null;
  }

  /** Move one end to a place in the visible image. */
  setEnd(end: End, place: Place): void {
    const { line } = this;
    if (line) this.set({ ...line, [end]: this.inImage(place) });
  }

  private get line(): Line | null {
    return lineOf(this.model.get("line"));
  }

  private inImage(place: Place): Place {
    return mirrored(place, this.mirror.isOn);
  }

  show(): void {
    const { line } = this;
    this.frame.classList.toggle("bodyseg-drawable", line !== null);
    this.layer.show(line && { a: this.inImage(line.a), b: this.inImage(line.b) });
  }

  private set(line: Line): void {
    const { model } = this;
    // Linked views redraw within set(); the kernel is told after that.
    model.set("line", numbersOf(line));
    this.save();
  }

  private begin(event: PointerEvent): void {
    const { line, frame } = this;
    const onImage = event.target instanceof HTMLCanvasElement;
    if (!line || !onImage || !event.isPrimary || event.button !== 0) return;
    const from = this.inImage(placeIn(frame, event));
    const reach = event.pointerType === "touch" ? FINGER_REACH : REACH;
    const end = endAt(line, from, frame.getBoundingClientRect(), reach);
    this.drag = { pointer: event.pointerId, x: event.clientX, y: event.clientY, from, end };
    frame.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const { drag, line } = this;
    if (!drag || !line || drag.pointer !== event.pointerId) return;
    const place = this.inImage(placeIn(this.frame, event));
    if (drag.end) {
      this.set({ ...line, [drag.end]: place });
    } else if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= START) {
      drag.end = "b";
      this.set({ a: drag.from, b: place });
    }
  }
}
