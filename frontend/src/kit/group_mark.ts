/**
 * Makes the box it is in a group with keys of its own: ipywidgets' controls in it are not named
 * together, and JupyterLab takes the letters that are typed at them for commands.
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

/** The element that `el` is put into, soon after it was rendered. */
async function parentOf(el: HTMLElement, signal: AbortSignal): Promise<HTMLElement | null> {
  while (!el.parentElement && !signal.aborted) await new Promise(requestAnimationFrame);
  return signal.aborted ? null : el.parentElement;
}

export default { render };
