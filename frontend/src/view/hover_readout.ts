/** The label at the pointer. */

import { element, setText } from "../kit/dom";
import type { Place } from "../kit/place";

/** Distance from the pointer, and from the image's edge, px. */
const AWAY = 12;
const MARGIN = 4;

/**
 * The label's text and place as a sentence for screen readers.
 *
 * @param frame the number of the frame, if it belongs to one
 */
export function spoken(text: string, { x, y }: Place, frame?: number): string {
  const what = text.replaceAll(/ · |\n/g, ", ");
  const percent = (share: number) => `${Math.round(share * 100)} percent`;
  const of = frame === undefined ? "" : `frame ${frame}, `;
  return `${of}${what}, at ${percent(x)} from the left, ${percent(y)} from the top`;
}

export class HoverReadout {
  readonly el = element("div", { class: "bodyseg-probe", hidden: "" });

  /** Show `text` beside a place in the frame, in px, and inside the frame. */
  show(text: string, x: number, y: number, frame: { width: number; height: number }): void {
    const { el } = this;
    el.hidden = false;
    setText(el, text);
    const { offsetWidth: width, offsetHeight: height } = el;
    const right = x + AWAY + width + MARGIN <= frame.width;
    const above = y - AWAY - height >= MARGIN;
    const left = right ? x + AWAY : x - AWAY - width;
    const top = above ? y - AWAY - height : y + AWAY;
    const into = (value: number, most: number) => Math.max(Math.min(value, most), MARGIN);
    el.style.left = `${into(left, frame.width - width - MARGIN)}px`;
    el.style.top = `${into(top, frame.height - height - MARGIN)}px`;
  }

  hide(): void {
    this.el.hidden = true;
  }
}
