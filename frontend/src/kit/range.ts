/** Sliders. They change the page first, then Python. */
import type { AnyModel } from "@anywidget/types";
import { element } from "./dom";
import { saveThrottled } from "./save_throttled";

/** Which numbers a slider goes through. */
interface Range {
  min: number;
  max: number;
  /** How far an arrow key moves it. */
  step: number;
  /** How far Page Up and Page Down move it. */
  leap: number;
  /** Digits after the decimal point. */
  digits: number;
}

/** A slider, and how it shows a value; `text` is the value in words. */
interface Slider {
  input: HTMLInputElement;
  show(value: number, text: string): void;
}

const SHARE: Range = { min: 0, max: 1, step: 0.01, leap: 0.1, digits: 2 };

/**
 * Make the slider of the trait `value`, from 0 to 1.
 *
 * The views redraw within `set`; the kernel is told once the image is on the screen.
 *
 * @param label its name for screen readers
 */
export function traitSlider(model: AnyModel<{ value: number }>, label: string): HTMLInputElement {
  const save = saveThrottled(model);
  const { input, show } = slider(SHARE, label, (value) => {
    model.set("value", value);
    save();
  });
  const update = () => show(model.get("value"), model.get("value").toFixed(SHARE.digits));
  model.on("change:value", update);
  update();
  return input;
}

/**
 * Make a slider that calls `changed` with each number it is moved to.
 *
 * @param label its name for screen readers
 */
export function slider(range: Range, label: string, changed: (value: number) => void): Slider {
  const { min, max, step, leap, digits } = range;
  const input = rangeElement({ min, max, step }, label);
  let shown = min;
  // Rounded first: an end of the range need not be a whole number of steps from the other one.
  const set = (value: number) =>
    changed(Math.min(Math.max(Number(value.toFixed(digits)), min), max));
  input.addEventListener("input", () => set(Number(input.value)));
  input.addEventListener("keydown", (event) => {
    const by = { PageUp: leap, PageDown: -leap }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(shown + by);
  });
  const show = (value: number, text: string) => {
    shown = value;
    if (Number(input.value) !== value) input.value = String(value);
    fillTo(input, (value - min) / (max - min));
    input.setAttribute("aria-valuetext", text);
  };
  return { input, show };
}

/** Make the element of a slider. */
export function rangeElement(
  { min, max, step }: Pick<Range, "min" | "max" | "step">,
  label: string,
): HTMLInputElement {
  return element("input", {
    type: "range",
    min: String(min),
    max: String(max),
    step: String(step),
    "aria-label": label,
    class: "bodyseg-range",
  });
}

/** Color the track up to a share of it, 0 to 1. */
export function fillTo(input: HTMLInputElement, share: number): void {
  input.style.setProperty("--bodyseg-share", `${share * 100}%`);
}
