/** Tells the kernel of a change once what was drawn for it is on the screen. */
import type { AnyModel } from "@anywidget/types";

/** Return a function that saves a model's changes, throttled: of several in a row, the last is saved. */
export function saveThrottled(model: Pick<AnyModel, "save_changes">): () => void {
  let saving = 0;
  return () => {
    cancelAnimationFrame(saving);
    saving = requestAnimationFrame(() => setTimeout(() => model.save_changes()));
  };
}
