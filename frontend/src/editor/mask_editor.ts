/** An image whose mask is corrected with a brush and an eraser. */
import type { AnyModel, AnyWidget, RenderProps } from "@anywidget/types";
import { type Color, parseColor } from "../drawing/color";
import { MAX_BRUSH_SIZE, type Tool } from "../generated";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { randomId } from "../kit/id";
import { slider } from "../kit/range";
import { saveThrottled } from "../kit/save_throttled";
import type { Pixel, Rect } from "./brush";
import { EditorSession } from "./editor_session";
import { Fingers } from "./fingers";
import { MaskSurface } from "./mask_surface";
import { NOBODY, type PaintedMask, PERSON } from "./painted_mask";
import { ZOOM_STEP, Zoom } from "./zoom";

interface Traits {
  name: string;
  tool: Tool;
  brush_size: number;
  opacity: number;
  mask_color: string;
}

/** How far an arrow key moves the brush, and with Shift, in pixels of the image. */
const STEP = 1;
const LEAP = 10;
/** How much a key changes the size of the brush. */
const GROWTH = 1.25;
/** The button of a pen's other end, in `PointerEvent.buttons`. */
const PEN_ERASER = 32;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const HELP =
  "Keys on the image: arrows move the brush (Shift: faster), space puts it down and lifts it, " +
  "B brush, E eraser, [ and ] size, Ctrl+Z undo, Ctrl+Shift+Z redo, + − 0 zoom, M mask.";

/** The next size of a brush, larger or smaller by a key. */
export function nextSize(size: number, larger: boolean): number {
  const next = larger ? Math.max(size + 1, size * GROWTH) : Math.min(size - 1, size / GROWTH);
  return Math.min(Math.max(Math.round(next), 1), MAX_BRUSH_SIZE);
}

/** A stroke that is being drawn. */
interface Stroke {
  /** Who draws it; null for the keys. */
  pointer: number | null;
  /** Where it has come to. */
  at: Pixel;
  value: number;
}

class EditorElement {
  private readonly surface = new MaskSurface();
  private readonly canvas = this.surface.canvas;
  private readonly box = element("div", { class: "bodyseg-editor-view" });
  private readonly zoom = new Zoom(this.box, this.surface.el);
  private readonly fingers = new Fingers(this.zoom);
  private readonly tools: Record<Tool, HTMLButtonElement>;
  private readonly undoButton = button("Undo", () => this.undo());
  private readonly redoButton = button("Redo", () => this.redo());
  private readonly maskButton = button("Mask", () => this.toggleMask());
  private readonly fitButton = button("Fit", () => this.zoomOut());
  private readonly size: ReturnType<typeof slider>;
  private readonly sizeNumber = element("b");
  private readonly share = element("span", { class: "bodyseg-quiet" });
  private readonly name = element("input", {
    type: "text",
    class: "bodyseg-select bodyseg-editor-name",
    "aria-label": "Name of the pair",
    placeholder: "name",
    spellcheck: "false",
  });
  private readonly saveButton: HTMLButtonElement;
  private readonly status = element("span", { class: "bodyseg-editor-said", role: "status" });
  private readonly spoken = element("span", { class: "bodyseg-spoken", role: "status" });
  private readonly saveSize: () => void;
  private stroke: Stroke | null = null;
  private isMaskShown = true;
  /** Whether image and mask have been drawn: from then on, only what changes is. */
  private isDrawn = false;
  /** Where the brush is, by pointer or keys. */
  private at: Pixel | null = null;

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    private readonly session: EditorSession,
    signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-editor");
    this.tools = {
      brush: button("Brush", () => this.choose("brush")),
      eraser: button("Eraser", () => this.choose("eraser")),
    };
    this.tools.brush.title = "Paint people (B)";
    this.tools.eraser.title = "Take away (E)";
    this.undoButton.title = "Undo the last stroke (Ctrl+Z)";
    this.redoButton.title = "Do it again (Ctrl+Shift+Z)";
    this.maskButton.title = "Show or hide the mask (M)";
    this.fitButton.title = "Show the whole image (0)";
    this.saveSize = saveThrottled(model);
    const range = { min: 1, max: MAX_BRUSH_SIZE, step: 1, leap: 10, digits: 0 };
    this.size = slider(range, "Size of the brush in pixels", (value) => this.setSize(value));
    this.saveButton = button("Save pair", () => this.save(), "bodyseg-primary");
    this.saveButton.title = "Save image and mask as a pair that evaluate() reads";
    this.lay(el);
    this.listen(el, signal);
    session.onChange((rect) => this.onSession(rect), signal);
    for (const name of ["name", "tool", "brush_size", "opacity"])
      model.on(`change:${name}`, () => this.show());
    model.on("change:mask_color", () => this.drawAll());
    this.drawAll();
    this.show();
    session.open();
  }

  private get mask(): PaintedMask | null {
    return this.session.edited?.mask ?? null;
  }

  // --- elements

  private lay(el: HTMLElement): void {
    const help = element("p", { class: "bodyseg-quiet", id: `bodyseg-${randomId()}` }, HELP);
    this.canvas.setAttribute("aria-describedby", help.id);
    const closer = button("+", () => this.zoomBy(ZOOM_STEP), "bodyseg-icon");
    closer.setAttribute("aria-label", "Zoom in");
    closer.title = "Zoom in (+, or Ctrl and the wheel)";
    const farther = button("−", () => this.zoomBy(1 / ZOOM_STEP), "bodyseg-icon");
    farther.setAttribute("aria-label", "Zoom out");
    farther.title = "Zoom out (-)";
    const sized = element("span", { class: "bodyseg-slider bodyseg-amount" }, "size");
    sized.append(this.size.input, this.sizeNumber);
    const group = (...children: HTMLElement[]) =>
      element("span", { class: "bodyseg-together" }, ...children);
    const { brush, eraser } = this.tools;
    const toolbar = element(
      "div",
      { class: "bodyseg-editor-tools", role: "toolbar", "aria-label": "Mask" },
      group(brush, eraser),
      sized,
      group(this.undoButton, this.redoButton),
      group(this.maskButton, farther, this.fitButton, closer),
    );
    this.box.append(this.surface.el);
    const keep = element(
      "div",
      { class: "bodyseg-editor-tools" },
      group(this.name, this.saveButton),
      this.share,
      this.status,
    );
    el.append(toolbar, this.box, keep, help, this.spoken);
  }

  private listen(el: HTMLElement, signal: AbortSignal): void {
    const on = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ) => this.canvas.addEventListener(type, listener, { signal });
    on("pointerdown", (event) => this.press(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.lift(event));
    on("pointercancel", (event) => this.lift(event));
    on("pointerleave", () => this.hideRing());
    on("blur", () => this.leave());
    el.addEventListener("keydown", (event) => this.onKey(event), { signal });
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event);
    };
    this.box.addEventListener("wheel", wheel, { passive: false, signal });
    this.name.addEventListener("change", () => this.setName());
    this.name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.save();
    });
  }

  // --- traits

  private choose(tool: Tool): void {
    this.model.set("tool", tool);
    this.model.save_changes();
  }

  private setSize(size: number): void {
    this.model.set("brush_size", size);
    this.saveSize();
  }

  private setName(): void {
    this.model.set("name", this.name.value.trim());
    this.model.save_changes();
  }

  private show(): void {
    const { model, mask, session } = this;
    const [tool, size, name] = [model.get("tool"), model.get("brush_size"), model.get("name")];
    for (const [each, toggle] of Object.entries(this.tools))
      toggle.setAttribute("aria-pressed", String(each === tool));
    this.size.show(size, `${size} pixels`);
    setText(this.sizeNumber, `${size} px`);
    if (document.activeElement !== this.name) this.name.value = name;
    this.maskButton.setAttribute("aria-pressed", String(this.isMaskShown));
    this.canvas.style.opacity = String(this.isMaskShown ? model.get("opacity") : 0);
    const of = name ? ` of ${name}` : "";
    this.canvas.setAttribute("aria-label", `Mask${of}, ${tool} of ${size} pixels`);
    this.undoButton.disabled = !mask?.canUndo;
    this.redoButton.disabled = !mask?.canRedo;
    this.fitButton.disabled = this.zoom.isOut;
    this.saveButton.disabled = !(mask && session.alive);
    setText(this.status, session.said);
    if (mask && !this.stroke)
      setText(this.share, `person ${(100 * mask.coverage).toFixed(1)} % of the image`);
    this.showRing();
  }

  // --- drawing

  private onSession(rect: Rect | null): void {
    const { edited } = this.session;
    if (edited && !this.isDrawn) this.drawAll();
    else if (edited && rect) this.surface.draw(edited, this.color, rect);
    this.show();
  }

  private drawAll(): void {
    const { edited } = this.session;
    if (!edited) return;
    this.surface.drawAll(edited, this.color);
    this.isDrawn = true;
  }

  private get color(): Color {
    return parseColor(this.model.get("mask_color"));
  }

  private toggleMask(): void {
    this.isMaskShown = !this.isMaskShown;
    this.show();
  }

  private zoomBy(factor: number, place?: { clientX: number; clientY: number }): void {
    this.zoom.by(factor, place);
    this.show();
  }

  private zoomOut(): void {
    this.zoom.out();
    this.show();
  }

  private showRing(): void {
    if (this.at && this.mask) this.surface.showRing(this.at, this.model.get("brush_size"));
    else this.surface.hideRing();
  }

  private hideRing(): void {
    if (this.stroke) return;
    this.at = null;
    this.showRing();
  }

  // --- strokes

  private press(event: PointerEvent): void {
    const { mask, fingers } = this;
    fingers.press(event);
    if (fingers.several) {
      // The first finger has begun to paint.
      if (this.stroke) this.session.drawn(mask?.cancel() ?? null);
      this.stroke = null;
      return;
    }
    const erases = (event.buttons & PEN_ERASER) > 0;
    if (!mask || !event.isPrimary || !(event.button === 0 || erases)) return;
    this.endStroke();
    this.canvas.setPointerCapture(event.pointerId);
    this.beginStroke(event.pointerId, this.surface.pixelAt(event), erases);
  }

  private move(event: PointerEvent): void {
    const { mask, fingers, stroke } = this;
    fingers.move(event);
    if (!mask || fingers.several) return;
    if (stroke?.pointer === event.pointerId)
      for (const each of [...event.getCoalescedEvents(), event])
        this.goOn(this.surface.pixelAt(each));
    if (stroke?.pointer !== null) this.at = this.surface.pixelAt(event);
    this.showRing();
  }

  private lift(event: PointerEvent): void {
    this.fingers.lift(event);
    if (this.stroke?.pointer === event.pointerId) this.endStroke();
  }

  private leave(): void {
    if (this.stroke?.pointer === null) this.endStroke();
    this.hideRing();
  }

  private beginStroke(pointer: number | null, at: Pixel, erases: boolean): void {
    const isEraser = erases || this.model.get("tool") === "eraser";
    this.stroke = { pointer, at, value: isEraser ? NOBODY : PERSON };
    this.at = at;
    this.goOn(at);
    this.showRing();
  }

  private goOn(to: Pixel): void {
    const { stroke, mask } = this;
    if (!stroke || !mask) return;
    const size = this.model.get("brush_size");
    this.session.drawn(mask.paint(stroke.at, to, size, stroke.value));
    stroke.at = to;
  }

  private endStroke(): void {
    if (!this.stroke) return;
    this.stroke = null;
    if (this.mask?.finish()) this.session.painted();
    this.show();
  }

  private undo(): void {
    this.restore(this.mask?.undo() ?? null);
  }

  private redo(): void {
    this.restore(this.mask?.redo() ?? null);
  }

  private restore(rect: Rect | null): void {
    if (!rect) return;
    this.session.drawn(rect);
    this.session.painted();
  }

  private save(): void {
    if (this.saveButton.disabled) return;
    this.endStroke();
    this.setName();
    void this.session.save(this.name.value.trim());
  }

  // --- keys

  private onKey(event: KeyboardEvent): void {
    const isTyping = event.target === this.name;
    if (isTyping || !this.handles(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Do what a key is for; false if it is for nothing here. */
  private handles(event: KeyboardEvent): boolean {
    const { model } = this;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") {
        this.endStroke();
        if (event.shiftKey) this.redo();
        else this.undo();
      } else if (key === "y") {
        this.redo();
      }
      return key === "z" || key === "y";
    }
    if (event.altKey) return false;
    const size = model.get("brush_size");
    const does: Record<string, () => void> = {
      b: () => this.choose("brush"),
      e: () => this.choose("eraser"),
      "[": () => this.setSize(nextSize(size, false)),
      "]": () => this.setSize(nextSize(size, true)),
      m: () => this.toggleMask(),
      "+": () => this.zoomBy(ZOOM_STEP),
      "-": () => this.zoomBy(1 / ZOOM_STEP),
      "0": () => this.zoomOut(),
    };
    const doIt = does[key];
    if (doIt) {
      doIt();
      return true;
    }
    // The others are those of the focused control.
    return event.target === this.canvas && this.handlesBrush(event);
  }

  private handlesBrush(event: KeyboardEvent): boolean {
    const { mask, stroke } = this;
    const by = ARROWS[event.key];
    if (!mask || !(by || event.key === " ")) return false;
    const middle = { x: mask.width >> 1, y: mask.height >> 1 };
    const at = this.at ?? middle;
    if (by) {
      const step = event.shiftKey ? LEAP : STEP;
      const within = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
      const [x, y] = [at.x + step * by[0], at.y + step * by[1]];
      this.at = { x: within(x, mask.width), y: within(y, mask.height) };
      if (stroke?.pointer === null) this.goOn(this.at);
      this.surface.revealRing();
    } else if (stroke?.pointer === null) {
      this.endStroke();
    } else if (!stroke && !event.repeat) {
      this.beginStroke(null, at, false);
    }
    this.showRing();
    this.speak(this.at ?? at, mask);
    return true;
  }

  /** Say where the keys have brought the brush. */
  private speak(at: Pixel, mask: PaintedMask): void {
    const who = mask.has(at) ? "person" : "nobody";
    const down = this.stroke ? `, ${this.model.get("tool")} down` : "";
    setText(this.spoken, `column ${at.x}, row ${at.y}: ${who}${down}`);
  }
}

/** Called once per model, so that all displays paint one mask. */
const widget: AnyWidget<Traits> = () => {
  let session: EditorSession;
  return {
    initialize({ model, signal }) {
      session = new EditorSession(model as AnyModel, signal);
    },
    render({ model, el, signal }: RenderProps<Traits>) {
      new EditorElement(model, el, session, signal);
    },
  };
};

export default widget;
