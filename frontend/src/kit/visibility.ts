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
