/** A slider from 0 to 1 that moves a widget's `value`, in the page first. */
import type { AnyModel } from "@anywidget/types";
import { element } from "./dom";

interface Traits {
  value: number;
}

const STEP = 0.01;
const LEAP = 0.1;

/**
 * Make the slider: arrow keys move it by 0.01, Page Up and Page Down by 0.1.
 *
 * @param label what it is called; screen readers say it
 */
export function rangeInput(model: AnyModel<Traits>, label: string): HTMLInputElement {
  const input = element("input", {
    type: "range",
    min: "0",
    max: "1",
    step: String(STEP),
    "aria-label": label,
    class: "bodyseg-range",
  });
  const show = () => {
    const value = model.get("value");
    if (Number(input.value) !== value) input.value = String(value);
    input.style.setProperty("--bodyseg-share", `${value * 100}%`);
    input.setAttribute("aria-valuetext", value.toFixed(2));
  };
  let saving = 0;
  const set = (value: number) => {
    // The views redraw within set(); the kernel is told once the picture is on the screen.
    model.set("value", Math.round(Math.min(Math.max(value, 0), 1) * 100) / 100);
    cancelAnimationFrame(saving);
    saving = requestAnimationFrame(() => setTimeout(() => model.save_changes()));
  };
  input.addEventListener("input", () => set(Number(input.value)));
  input.addEventListener("keydown", (event) => {
    const leap = { PageUp: LEAP, PageDown: -LEAP }[event.key];
    if (leap === undefined) return;
    event.preventDefault();
    set(model.get("value") + leap);
  });
  model.on("change:value", show);
  show();
  return input;
}
