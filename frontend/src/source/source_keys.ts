/** The keys that stop a source's images and step through them. */
import type { Source } from "./source";

/** Whether an element takes the space for itself: it presses buttons and ticks boxes. */
function takesSpace(element: EventTarget | null): boolean {
  const box = element instanceof HTMLInputElement && element.type === "checkbox";
  return box || element instanceof HTMLButtonElement;
}

/** Within `root`, space pauses and goes on, comma and full stop step. */
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
      // Held down, space would pause and go on in turns.
      if (event.key !== " " || !event.repeat) action();
    },
    { signal },
  );
}
