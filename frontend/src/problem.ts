/** What is wrong with an effect of a person's own, under the picture: a traceback, a compiler's words. */
import { element, setText } from "./dom";

export class Problem {
  private readonly head = element("p");
  private readonly text = element("pre", { tabindex: "0" });
  readonly el = element(
    "div",
    { class: "bodyseg-problem", role: "group", "aria-label": "Error in the effect", hidden: "" },
    this.head,
    this.text,
  );

  get isSaid(): boolean {
    return !this.el.hidden;
  }

  /** @param head one sentence that says what became of the picture */
  say(head: string, text: string): void {
    this.el.hidden = false;
    setText(this.head, head);
    setText(this.text, text);
  }

  clear(): void {
    this.el.hidden = true;
  }
}
