/** A slider on one line: label, slider, number, and a legend of colors. */
import type { RenderProps } from "@anywidget/types";
import { SIDE_COLOR_NAMES } from "../drawing/look";
import { SIDE_COLORS, type Side } from "../generated";
import { element, setText, widgetRoot } from "../kit/dom";
import { randomId } from "../kit/id";
import { traitSlider } from "../kit/range";

interface Traits {
  label: string;
  value: number;
  _cuts: boolean;
  _sides: Side[];
}

function render({ model, el }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-slider", "bodyseg-in-page");
  el.classList.toggle("bodyseg-amount", !model.get("_cuts"));
  const label = model.get("label");
  const number = element("b");
  const show = () => setText(number, model.get("value").toFixed(2));
  const input = traitSlider(model, label);
  el.append(element("span", { class: "bodyseg-label" }, label), input, number);
  const sides = model.get("_sides");
  if (sides.length > 0) {
    const said = description(sides);
    input.setAttribute("aria-describedby", said.id);
    el.append(legend(sides), said);
  }
  model.on("change:value", show);
  show();
}

/** The legend of the colors of a person's sides. */
function legend(sides: Side[]): HTMLElement {
  const keys = sides.map((side) => {
    const dot = element("i");
    dot.style.background = SIDE_COLORS[side];
    return element("span", {}, dot, side);
  });
  const whose = element("span", { class: "bodyseg-whose" }, "the person's");
  return element("span", { class: "bodyseg-sides" }, whose, ...keys);
}

/** The legend in words, for the slider's description. */
function description(sides: Side[]): HTMLElement {
  const named = sides.map((side) => `${side} ${SIDE_COLOR_NAMES[side]}`).join(", ");
  const text = `Colors of the skeleton, by the person's left and right: ${named}.`;
  return element("span", { id: `bodyseg-${randomId()}`, hidden: "" }, text);
}

export default { render };
