/** The error of a custom effect under the view: a traceback or a compiler's message. */
import { element, setText } from "../kit/dom";

export class EffectError {
  /** Screen readers announce it, but not the text below. */
  private readonly head = element("p", { "aria-live": "polite" });
  private readonly text = element("pre", { tabindex: "0" });
  readonly el = element(
    "div",
    { class: "bodyseg-problem", role: "group", "aria-label": "Error in the effect", hidden: "" },
    this.head,
    this.text,
  );

  /** @param head one sentence that says what is shown instead */
  say(head: string, text: string): void {
    this.el.hidden = false;
    setText(this.head, head);
    setText(this.text, text);
  }

  clear(): void {
    this.el.hidden = true;
    // So that the same error is announced if it comes again.
    setText(this.head, "");
  }
}
