/** A toggle button. */
import type { RenderProps } from "@anywidget/types";
import { button, setText, widgetRoot } from "./dom";

interface Traits {
  value: boolean;
  description: string;
  tooltip: string;
  disabled: boolean;
}

function render({ model, el }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-toggle");
  const toggle = button("", () => {
    model.set("value", !model.get("value"));
    model.save_changes();
  });
  el.append(toggle);
  const show = () => {
    setText(toggle, model.get("description"));
    toggle.title = model.get("tooltip");
    toggle.disabled = model.get("disabled");
    toggle.setAttribute("aria-pressed", String(model.get("value")));
  };
  for (const name of ["value", "description", "tooltip", "disabled"])
    model.on(`change:${name}`, show);
  show();
}

export default { render };
