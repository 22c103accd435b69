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

/** The part of a notebook that JupyterLab puts the cells in, and a cell. */
const CELLS = ".jp-WindowedPanel-viewport";
const CELL = `${CELLS} > .jp-Cell`;

/**
 * Whether `element` has a place on the page, though perhaps scrolled away. It has none in a hidden
 * output, under a collapsed heading, behind another document.
 */
export function hasPlace(element: Element): boolean {
  if (isRendered(element)) return true;
  // In its windowing mode "full", JupyterLab hides cells that are scrolled away, by their own style.
  const cell = element.closest<HTMLElement>(CELL);
  if (cell?.style.display !== "none" || !cell.parentElement) return false;
  if (!isRendered(cell.parentElement)) return false;
  for (let each = element; each !== cell; each = each.parentElement as Element)
    if (getComputedStyle(each).display === "none") return false;
  return true;
}

function isRendered(element: Element): boolean {
  return element.getClientRects().length > 0;
}

/** Call `changed` when `hasPlace` of `element` has changed. */
export function onPlace(element: Element, changed: () => void, signal: AbortSignal): void {
  let before = hasPlace(element);
  const observed = new Set<Element>();
  const check = () => {
    if (signal.aborted) return;
    // A cell that is hidden already is not resized when all of them are.
    observe(element.closest(CELLS));
    const now = hasPlace(element);
    if (now === before) return;
    before = now;
    changed();
  };
  // Not at once: what follows from it may be another size.
  const observer = new ResizeObserver(() => requestAnimationFrame(check));
  const observe = (each: Element | null) => {
    if (!each || observed.has(each)) return;
    observed.add(each);
    observer.observe(each);
  };
  observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
