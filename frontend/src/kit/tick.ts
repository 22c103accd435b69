/**
 * Call a listener every `interval` ms, at the same moments in all widgets of the page: what they
 * change is laid out once for all.
 */
export function onTick(listener: () => void, interval: number, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(tick, interval - (performance.now() % interval));
  };
  const tick = () => {
    wait();
    listener();
  };
  wait();
  signal.addEventListener("abort", () => clearTimeout(timer));
}
