/** The displayed views and controls of a source, and whether they are visible. */
import { onVisibility } from "../kit/visibility";

export class Audience {
  /** Whether each is visible. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();

  /** @param changed called when visibility changes */
  constructor(private readonly changed: () => void) {}

  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  /** Whether a view is visible or, without views, a control: then only Python uses the frames. */
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
