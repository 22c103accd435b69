/** Tells Python whether a widget can be seen. */
import { onVisibility } from "./visibility";

/** What is needed of a widget's model. */
export interface Hideable {
  get(name: "_hidden"): boolean;
  set(name: "_hidden", hidden: boolean): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

/**
 * Keep the trait `_hidden` of a widget true while none of its displays can be seen: on screen, in a
 * visible tab. Each display speaks for itself; one that can be seen contradicts the others.
 */
export function reportHidden(model: Hideable, element: Element, signal: AbortSignal): void {
  let visible: boolean | null = null;
  const save = (hidden: boolean) => {
    if (model.get("_hidden") === hidden) return;
    model.set("_hidden", hidden);
    model.save_changes();
  };
  onVisibility(
    element,
    (now) => {
      // The widget may be closed; the count of its views says the rest.
      if (signal.aborted) return;
      visible = now;
      save(!visible);
    },
    signal,
  );
  const onHidden = () => visible && save(false);
  // Perhaps the one that could be seen was removed.
  const onCount = () => visible === false && save(true);
  model.on("change:_hidden", onHidden);
  model.on("change:_view_count", onCount);
  signal.addEventListener("abort", () => {
    model.off("change:_hidden", onHidden);
    model.off("change:_view_count", onCount);
  });
}
