/** Saves changes after the screen has been updated. */
import type { AnyModel } from "@anywidget/types";

/** Return a function that saves a model's changes; of several in a row, not each is saved. */
export function saveThrottled(model: Pick<AnyModel, "save_changes">): () => void {
  let waiting = false;
  const save = () => {
    waiting = false;
    model.save_changes();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    // The next frame draws the image, and the one after shows it.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(save)));
  };
}
