/** Who looks at a source: its views and its controls, and whether they can be seen. */
import { onVisibility } from "../kit/visibility";

export class Audience {
  /** Whether each can be seen. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();

  /** @param changed told when something has come into sight, or out of it */
  constructor(private readonly changed: () => void) {}

  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  /** Whether a view can be seen; where there is none, Python alone looks, and the control does. */
  get isLooking(): boolean {
    const looking = this.views.size > 0 ? this.views : this.controls;
    return [...looking.values()].includes(true);
  }

  add(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void {
    const group = role === "view" ? this.views : this.controls;
    group.set(element, false);
    onVisibility(
      element,
      (visible) => {
        group.set(element, visible);
        this.changed();
      },
      signal,
    );
    signal.addEventListener("abort", () => group.delete(element));
  }
}
