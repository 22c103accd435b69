/** A small color picker with its name before it. */
import type { RenderProps } from "@anywidget/types";
import { element, widgetRoot } from "./dom";
import { randomId } from "./id";
import { saveThrottled } from "./save_throttled";

interface Traits {
  label: string;
  /** `#rrggbb` */
  value: string;
}

/** Okabe and Ito's palette beside teal: distinguishable for color-blind people. */
const SUGGESTED = ["#00a3a3", "#56b4e9", "#0072b2", "#e69f00", "#d55e00", "#cc79a7", "#f0e442"];

function render({ model, el }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-color-picker", "bodyseg-in-page");
  const suggested = element(
    "datalist",
    { id: `bodyseg-${randomId()}` },
    ...SUGGESTED.map((value) => element("option", { value })),
  );
  const label = model.get("label");
  const input = element("input", {
    type: "color",
    class: "bodyseg-color",
    list: suggested.id,
    title: `Choose the ${label}`,
  });
  el.append(
    element(
      "label",
      { class: "bodyseg-check" },
      element("span", { class: "bodyseg-label" }, label),
      input,
    ),
    suggested,
  );
  const save = saveThrottled(model);
  input.addEventListener("input", () => {
    model.set("value", input.value);
    save();
  });
  const show = () => {
    input.value = model.get("value");
  };
  model.on("change:value", show);
  show();
}

export default { render };
