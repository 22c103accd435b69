/** The place in an image, or in place of it, where a `Notice` is said. */
import { button, element } from "../kit/dom";
import type { Source } from "../source/source";
import type { Notice } from "./notice";

export class Note {
  readonly el = element("div", { class: "bodyseg-note", role: "status" });
  /** What is said, so that screen readers are told once. */
  private said = "";

  constructor(private readonly source: Source) {}

  say(notice: Notice | null): void {
    const { el, source } = this;
    const key = JSON.stringify(notice);
    if (this.said === key) return;
    this.said = key;
    el.hidden = notice === null;
    if (notice === null) {
      el.replaceChildren();
      return;
    }
    el.classList.toggle("bodyseg-strip", notice.strip);
    el.replaceChildren(element("p", {}, notice.text));
    if (notice.busy) el.append(progressBar(notice));
    const actions = notice.actions.map((action) =>
      action === "start"
        ? button("Start", () => source.start(), "bodyseg-primary")
        : button("Use the sample image", () => source.useSample()),
    );
    if (actions.length) el.append(element("div", { class: "bodyseg-actions" }, ...actions));
  }
}

function progressBar({ text, share }: Notice): HTMLElement {
  const bar = element("progress", { "aria-label": text });
  if (share !== null) bar.value = share;
  return bar;
}
