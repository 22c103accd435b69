/** What is wrong with a custom effect, under the view: a traceback, or what the compiler says. */
import { element, setText } from "../kit/dom";

export class EffectError {
  /** Said by screen readers when it changes; the text below it is for reading. */
  private readonly head = element("p", { "aria-live": "polite" });
  private readonly text = element("pre", { tabindex: "0" });
  readonly el = element(
    "div",
    { class: "bodyseg-problem", role: "group", "aria-label": "Error in the effect", hidden: "" },
    this.head,
    this.text,
  );

  /** @param head one sentence that says what became of the image */
  say(head: string, text: string): void {
    this.el.hidden = false;
    setText(this.head, head);
    setText(this.text, text);
  }

  clear(): void {
    this.el.hidden = true;
    // So that the same problem is said once more when it comes again.
    setText(this.head, "");
  }
}
