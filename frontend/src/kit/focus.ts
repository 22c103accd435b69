/** Keeps the focus when a panel is moved or removed with the keyboard. */

/** How long to wait for the panels to be rearranged, ms. */
const PATIENCE = 5_000;

/**
 * Restore the focus after a panel's button lost it. ipywidgets recreates a moved panel and those
 * after it, so the pressed button is no longer on the page.
 */
export function keepFocus(box: HTMLElement, signal: AbortSignal): void {
  let ending: AbortController | null = null;
  box.addEventListener(
    "click",
    (event) => {
      // A mouse click does not need it.
      if (event.detail !== 0 || !(event.target instanceof Element)) return;
      const button = event.target.closest(".bodyseg-panel-buttons button");
      const panel = button?.closest(".bodyseg-panels > *");
      const grid = panel?.parentElement;
      if (!button || !panel || !grid || grid.closest(".bodyseg-explorer") !== box) return;
      ending?.abort();
      ending = new AbortController();
      const until = AbortSignal.any([ending.signal, signal, AbortSignal.timeout(PATIENCE)]);
      const heir = button.classList.contains("bodyseg-away")
        ? heirOfRemoved(grid, panel)
        : heirOfMoved(grid, panel, button);
      handOn(box, button, heir, until);
    },
    { signal },
  );
}

type Heir = () => HTMLElement | null;

/**
 * The same button of the same panel, or the opposite one if it is disabled at the end of the row.
 */
function heirOfMoved(grid: Element, panel: Element, button: Element): Heir {
  const className = (each: Element, start: string) =>
    [...each.classList].find((name) => name.startsWith(start));
  const own = `.${className(panel, "bodyseg-panel-of-")} .bodyseg-panel-buttons`;
  const same = className(button, "bodyseg-to-");
  const opposite = same === "bodyseg-to-left" ? "bodyseg-to-right" : "bodyseg-to-left";
  return () =>
    grid.querySelector(`${own} .${same}`) &&
    (grid.querySelector<HTMLElement>(`${own} .${same}:enabled`) ??
      grid.querySelector<HTMLElement>(`${own} .${opposite}:enabled`));
}

/** The model picker of the panel that takes its place, or of the previous one. */
function heirOfRemoved(grid: Element, panel: Element): Heir {
  const count = grid.children.length - 1;
  const place = [...grid.children].indexOf(panel);
  return () => {
    const models = grid.querySelectorAll<HTMLElement>(":scope > * .bodyseg-model select");
    return models.length === count ? (models[Math.min(place, count - 1)] ?? null) : null;
  };
}

/** Focus the heir as soon as it exists, unless something else has the focus by then. */
function handOn(box: Element, button: Element, heir: Heir, until: AbortSignal): void {
  let last: Element | null = null;
  const observer = new MutationObserver(() => {
    if (button.isConnected) return;
    const active = document.activeElement ?? document.body;
    // A recreated button is disabled last.
    if (active === document.body || active.matches(":disabled")) {
      const found = heir();
      found?.focus();
      last = found;
    } else if (active !== last) {
      observer.disconnect();
    }
  });
  observer.observe(box, { childList: true, subtree: true, attributes: true });
  until.addEventListener("abort", () => observer.disconnect());
}
