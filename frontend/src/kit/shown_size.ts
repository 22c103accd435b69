/** The size at which an element is shown. */
import type { ShownSize, Size } from "./size";

/** Call `changed` with the size of `element`, and whenever it or the page's zoom changes. */
export function onShownSize(
  element: Element,
  changed: (size: ShownSize) => void,
  signal: AbortSignal,
): void {
  let size: Size = { width: 0, height: 0 };
  const notify = () => {
    const { width, height } = size;
    changed({ width, height, ratio: window.devicePixelRatio });
  };
  const observer = new ResizeObserver((entries) => {
    size = entries.at(-1)?.contentRect ?? size;
    notify();
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
  const watchRatio = () => {
    const query = globalThis.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const change = () => {
      notify();
      watchRatio();
    };
    query.addEventListener("change", change, { once: true, signal });
  };
  watchRatio();
}
