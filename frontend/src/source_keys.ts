/** The keys that stop a source's pictures and step through them. */
import type { Source } from "./source";

/** While a picture, a canvas in `frame`, has the focus: space pauses, comma and full stop step. */
export function followSourceKeys(frame: HTMLElement, source: Source, signal: AbortSignal): void {
  const actions: Record<string, () => void> = {
    " ": () => source.togglePause(),
    ",": () => source.step(-1),
    ".": () => source.step(1),
  };
  frame.addEventListener(
    "keydown",
    (event) => {
      if (!(event.target instanceof HTMLCanvasElement)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
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
