/** What of a page can be seen. */

/** Call `changed` with whether `element` is visible: on screen, in a visible tab. */
export function onVisibility(
  element: Element,
  changed: (visible: boolean) => void,
  signal: AbortSignal,
): void {
  let onScreen = false;
  const notify = () => changed(onScreen && document.visibilityState === "visible");
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    notify();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", notify, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    changed(false);
  });
}

/**
 * Whether `element` has a place on the page, though perhaps scrolled away. It has none in a hidden
 * output, under a collapsed heading, behind another document.
 */
export function hasPlace(element: Element): boolean {
  return element.getClientRects().length > 0;
}

/** Call `changed` when `hasPlace` of `element` has changed. */
export function onPlace(element: Element, changed: () => void, signal: AbortSignal): void {
  let before = hasPlace(element);
  const check = () => {
    const now = hasPlace(element);
    if (signal.aborted || now === before) return;
    before = now;
    changed();
  };
  // Not at once: what follows from it may be another size.
  const observer = new ResizeObserver(() => requestAnimationFrame(check));
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
