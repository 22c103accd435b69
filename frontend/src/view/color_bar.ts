/** The colors of the heatmap, with their probabilities. */
import { infernoCss } from "../drawing/inferno";
import { element } from "../kit/dom";

/** Enough to look continuous. */
const STEPS = 16;

export function colorBar(): HTMLElement {
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => infernoCss(step / STEPS));
  const scale = element("div", { class: "bodyseg-bar-scale" });
  scale.style.background = `linear-gradient(to top, ${steps.join(", ")})`;
  return element(
    "div",
    {
      class: "bodyseg-bar",
      hidden: "",
      role: "img",
      "aria-label": "Probability, 0 dark to 1 bright",
    },
    element("span", {}, "1"),
    scale,
    element("span", {}, "0"),
  );
}
