/** The displayed views and controls of a source: who looks, and whether its Stop can be reached. */
import { onFullSize } from "../kit/full_size";
import { hasPlace, onPlace, onVisibility } from "../kit/visibility";

export class Audience {
  /** Whether each is visible. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();
  /** The views whose images are read. */
  private readonly read = new Set<Element>();
  private hadControl = false;

  /** @param changed called when any of the properties may have changed */
  constructor(private readonly changed: () => void) {}

  /** Whether a control is displayed, also where it is hidden. */
  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  /** Whether there were controls, and all of them were removed. */
  get hasLeft(): boolean {
    return this.hadControl && !this.hasControl;
  }

  /** Whether a control has a place on the page, though perhaps scrolled away. */
  get canStop(): boolean {
    return [...this.controls.keys()].some(hasPlace);
  }

  /**
   * Whether a view is visible, or its image is read in a visible tab, as a recording of it does;
   * without views, whether a control is visible: then only Python uses the frames.
   */
  get looks(): boolean {
    const group = this.views.size > 0 ? this.views : this.controls;
    if ([...group.values()].includes(true)) return true;
    return this.read.size > 0 && document.visibilityState === "visible";
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
    if (role === "view") onFullSize(element, (read) => this.note(element, read), signal);
    else onPlace(element, this.changed, signal);
    this.hadControl ||= role === "control";
    signal.addEventListener("abort", () => {
      group.delete(element);
      this.note(element, false);
    });
  }

  private note(view: Element, read: boolean): void {
    if (read) this.read.add(view);
    else this.read.delete(view);
    this.changed();
  }
}
