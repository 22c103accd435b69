/** The displayed views and controls of a source, and whether they are visible. */
import { onVisibility } from "../kit/visibility";

export class Audience {
  /** Whether each is visible. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();

  private looking = false;

  /** @param changed called with whether anyone looks, when that changes */
  constructor(private readonly changed: (looking: boolean) => void) {}

  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  add(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void {
    const group = role === "view" ? this.views : this.controls;
    group.set(element, false);
    onVisibility(
      element,
      (visible) => {
        group.set(element, visible);
        this.update();
      },
      signal,
    );
    signal.addEventListener("abort", () => {
      group.delete(element);
      this.update();
    });
  }

  /** Whether a view is visible or, without views, a control: then only Python uses the frames. */
  private update(): void {
    const group = this.views.size > 0 ? this.views : this.controls;
    const looking = [...group.values()].includes(true);
    if (looking === this.looking) return;
    this.looking = looking;
    this.changed(looking);
  }
}
