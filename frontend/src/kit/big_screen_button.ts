/** A button that shows its explorer on the whole screen. */
import type { RenderProps } from "@anywidget/types";
import { button, setText, widgetRoot } from "./dom";

const REFUSED = "This page may not fill the screen: its host does not allow it";

function render({ el, signal }: RenderProps) {
  widgetRoot(el, "bodyseg-toggle", "bodyseg-big-screen", "bodyseg-in-page");
  const explorer = () => el.closest(".bodyseg-explorer");
  const isBig = () =>
    document.fullscreenElement !== null && document.fullscreenElement === explorer();
  const toggle = button("", () => {
    if (isBig()) void document.exitFullscreen();
    else explorer()?.requestFullscreen().catch(refuse);
  });
  const refuse = () => {
    toggle.disabled = true;
    toggle.title = REFUSED;
  };
  el.append(toggle);
  const show = () => {
    const big = isBig();
    setText(toggle, big ? "Leave big screen" : "Big screen");
    toggle.title = big
      ? "Back to the notebook (Escape)"
      : "Fill the screen with large images and text, for a projector";
    toggle.setAttribute("aria-pressed", String(big));
  };
  // Browsers leave by themselves on Escape; hosts that embed one do not always.
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isBig()) return;
    // It closes an open menu first.
    if (!explorer()?.querySelector(":popover-open")) void document.exitFullscreen();
  };
  document.addEventListener("fullscreenchange", show, { signal });
  document.addEventListener("keydown", leave, { capture: true, signal });
  show();
  if (!document.fullscreenEnabled) refuse();
}

export default { render };
