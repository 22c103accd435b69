/**
 * Makes the surrounding box a labeled group with its own keys: ipywidgets cannot label its controls
 * as a group, and JupyterLab treats letters typed in them as commands.
 */
import type { RenderProps } from "@anywidget/types";
import { keepKeys } from "./dom";
import { keepFocus } from "./focus";

interface Traits {
  label: string;
}

async function render({ model, el, signal }: RenderProps<Traits>) {
  el.style.display = "none";
  const box = await parentOf(el, signal);
  if (!box) return;
  keepKeys(box, signal);
  keepFocus(box, signal);
  const show = () => {
    const label = model.get("label");
    if (!label) return;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
  };
  model.on("change:label", show);
  show();
}

/** Wait until `el` has a parent, soon after it was rendered. */
async function parentOf(el: HTMLElement, signal: AbortSignal): Promise<HTMLElement | null> {
  while (!el.parentElement && !signal.aborted) await new Promise(requestAnimationFrame);
  return signal.aborted ? null : el.parentElement;
}

export default { render };
