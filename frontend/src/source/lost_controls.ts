/**
 * Disables what needs Python around a source's control or view, once the source is lost: ipywidgets'
 * own buttons and pickers, and those of widgets that refer to no source, do not know of that.
 */
import { setText } from "../kit/dom";
import type { Source } from "./source";

/** What belongs to a source's controls and views. */
const AROUND = ".bodyseg-explorer, .bodyseg-panel";
/**
 * What changes the image in the page, and works as long as there is one, or follows the source by
 * itself.
 */
const IN_PAGE = ".bodyseg-in-page, .bodyseg-in-page *";
const CONTROLS = "button, input, select, textarea";

const RECORDING_ENDED = "The kernel was restarted or shut down, so the recording ended there.";

/** Do so with what is around `el`, until `signal` aborts. */
export function disableWhenLost(source: Source, el: HTMLElement, signal: AbortSignal): void {
  const observer = new MutationObserver(() => disable());
  signal.addEventListener("abort", () => observer.disconnect());
  const disable = () => {
    const { python, looks } = source.controls;
    const root = outermost(el);
    if (python || !root || signal.aborted) return;
    const lost = [...root.querySelectorAll<HTMLButtonElement>(CONTROLS)];
    for (const each of lost) if (!looks || !each.matches(IN_PAGE)) each.disabled = true;
    endRecording(root);
    // Parts may still be on their way to the page.
    observer.observe(root, { childList: true, subtree: true });
  };
  source.onState(disable, signal);
  // Once it is in the page.
  if (!source.controls.python) requestAnimationFrame(disable);
}

/** Show of a recording in the kernel that it has ended, and nothing that never came to be. */
function endRecording(root: HTMLElement): void {
  const record = root.querySelector(".bodyseg-record-stream button");
  const message = root.querySelector(".bodyseg-record-message [role=status]");
  if (record?.getAttribute("aria-pressed") !== "true") return;
  record.setAttribute("aria-pressed", "false");
  if (message) setText(message, RECORDING_ENDED);
}

function outermost(el: HTMLElement): HTMLElement | null {
  let root: HTMLElement | null = null;
  for (let each = el.parentElement; each; each = each.parentElement)
    if (each.matches(AROUND)) root = each;
  return root;
}
