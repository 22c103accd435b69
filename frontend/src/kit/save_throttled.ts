/** Saves changes after the screen has been updated. */
import type { AnyModel } from "@anywidget/types";

/** Return a function that saves a model's changes; of several in a row, only the last is saved. */
export function saveThrottled(model: Pick<AnyModel, "save_changes">): () => void {
  let saving = 0;
  return () => {
    cancelAnimationFrame(saving);
    saving = requestAnimationFrame(() => setTimeout(() => model.save_changes()));
  };
}
