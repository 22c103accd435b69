/** The parts that every view of an image has. */
import { element } from "../kit/dom";

/** Make the canvas of the image, which keys explore. */
export function imageCanvas(): HTMLCanvasElement {
  return element("canvas", {
    class: "bodyseg-canvas",
    width: "640",
    height: "480",
    tabindex: "0",
    // With the role of an image, screen readers would keep the arrow keys to themselves.
    role: "application",
    "aria-roledescription": "image to explore",
  });
}

/** Make the label with the frame's number; screen readers would read it out with every frame. */
export function frameNumber(): HTMLElement {
  return element("span", {
    class: "bodyseg-frame-number",
    "aria-hidden": "true",
    title: "Frame number",
    hidden: "",
  });
}

/** Make the element that announces what the keys find. */
export function announcer(): HTMLElement {
  return element("div", { class: "bodyseg-spoken", "aria-live": "polite" });
}
