/** A slider that moves a number of a widget, in the page first. */
import type { AnyModel } from "@anywidget/types";
import { element } from "./dom";
import { saveThrottled } from "./save_throttled";

/** Which numbers it goes through. */
export interface Range {
  min: number;
  max: number;
  /** What arrow keys move it by. */
  step: number;
  /** What Page Up and Page Down move it by. */
  leap: number;
  digits: number;
  /** What is said after the number; empty: nothing. */
  unit: string;
}

const SHARE: Range = { min: 0, max: 1, step: 0.01, leap: 0.1, digits: 2, unit: "" };

/**
 * Make the slider of the trait `value`, from 0 to 1.
 *
 * @param label what it is called; screen readers say it
 */
export function rangeInput(model: AnyModel<{ value: number }>, label: string): HTMLInputElement {
  return rangeOf<"value">(model, "value", label, SHARE).input;
}

/**
 * Make the slider of a trait. It follows the trait until `off`, or as long as its model.
 *
 * The views redraw within set(); the kernel is told once the image is on the screen.
 */
export function rangeOf<Name extends string>(
  model: AnyModel<Record<Name, number>>,
  name: Name,
  label: string,
  { min, max, step, leap, digits, unit }: Range,
): { input: HTMLInputElement; off: () => void } {
  const input = rangeElement({ min, max, step }, label);
  const show = () => {
    const value = model.get(name);
    fillRange(input, value, [value.toFixed(digits), unit].join(" ").trim());
  };
  const save = saveThrottled(model);
  const set = (value: number) => {
    model.set(name, Number(Math.min(Math.max(value, min), max).toFixed(digits)));
    save();
  };
  input.addEventListener("input", () => set(Number(input.value)));
  input.addEventListener("keydown", (event) => {
    const by = { PageUp: leap, PageDown: -leap }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(model.get(name) + by);
  });
  model.on(`change:${name}`, show);
  show();
  return { input, off: () => model.off(`change:${name}`, show) };
}

/** A slider that goes nowhere by itself. */
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

/** Have a slider show a value. */
export function fillRange(input: HTMLInputElement, value: number, spoken: string): void {
  if (Number(input.value) !== value) input.value = String(value);
  const [min, max] = [Number(input.min), Number(input.max)];
  input.style.setProperty("--bodyseg-share", `${((value - min) / (max - min)) * 100}%`);
  input.setAttribute("aria-valuetext", spoken);
}
