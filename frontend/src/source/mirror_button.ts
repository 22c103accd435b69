/** A button that mirrors images. */
import type { RenderProps } from "@anywidget/types";
import { button, widgetRoot } from "../kit/dom";
import { findExports, type Reference } from "../kit/reference";
import { isMirrored, type MirrorChoice, pressed } from "./mirror";
import type { Source } from "./source";

interface Traits {
  webcam: Reference;
  value: MirrorChoice;
}

/** What the button says of a choice. */
export function hint(choice: MirrorChoice): string {
  const mirrored = "Mirror the image: ";
  if (choice === "auto") return `${mirrored}on for a camera of this page, off for everything else`;
  return mirrored + (choice ? "on for every source" : "off for every source");
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const source = await findExports<Source>(host, model.get("webcam"));
  if (!source || signal.aborted) return;
  widgetRoot(el, "bodyseg-toggle");
  const toggle = button("Mirror", () => {
    model.set("value", pressed(model.get("value"), source));
    model.save_changes();
  });
  el.append(toggle);
  const show = () => {
    const choice = model.get("value");
    toggle.title = hint(choice);
    toggle.setAttribute("aria-pressed", String(isMirrored(choice, source)));
  };
  model.on("change:value", show);
  source.onState(show, signal);
  show();
}

export default { render };
