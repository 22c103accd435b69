/** Keys to pause and step through a source. */
import type { Source } from "./source";

/** Whether an element uses the space bar itself, as buttons and checkboxes do. */
function takesSpace(element: EventTarget | null): boolean {
  const box = element instanceof HTMLInputElement && element.type === "checkbox";
  return box || element instanceof HTMLButtonElement;
}

/** In `root`, space pauses and resumes; comma and period step. */
export function addSourceKeys(root: HTMLElement, source: Source, signal: AbortSignal): void {
  const actions: Record<string, () => void> = {
    " ": () => source.togglePause(),
    ",": () => source.step(-1),
    ".": () => source.step(1),
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " " && takesSpace(event.target)) return;
      const action = actions[event.key];
      if (!action) return;
      // Space would scroll the page.
      event.preventDefault();
      // Holding space would toggle repeatedly.
      if (event.key !== " " || !event.repeat) action();
    },
    { signal },
  );
}
