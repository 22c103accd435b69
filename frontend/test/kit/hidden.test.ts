import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Hideable, reportHidden } from "../../src/kit/hidden";
import { FakeModel } from "../fakes";

type Notify = (entries: { isIntersecting: boolean }[]) => void;

class Tab extends EventTarget {
  visibilityState = "visible";

  turn(state: "visible" | "hidden"): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let tab: Tab;
let observed: Notify[];
let model: FakeModel;

beforeEach(() => {
  tab = new Tab();
  observed = [];
  vi.stubGlobal("document", tab);
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(notify: Notify) {
        observed.push(notify);
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  model = new FakeModel(
    { _hidden: false, _view_count: 1 },
    {} as ConstructorParameters<typeof FakeModel>[1],
  );
});
afterEach(() => vi.unstubAllGlobals());

/** Display the widget; returns how to scroll it, and how to remove it. */
function display(): { scroll(onScreen: boolean): void; remove(): void } {
  const ending = new AbortController();
  reportHidden(model as unknown as Hideable, {} as Element, ending.signal);
  const notify = observed.at(-1);
  return {
    scroll: (onScreen) => notify?.([{ isIntersecting: onScreen }]),
    remove: () => ending.abort(),
  };
}

describe("a widget", () => {
  it("is hidden while it is scrolled away, or its tab is hidden", () => {
    const { scroll } = display();
    scroll(true);
    expect(model.saved).toEqual([]);
    scroll(false);
    scroll(true);
    tab.turn("hidden");
    tab.turn("visible");
    expect(model.saved.map((each) => each._hidden)).toEqual([true, false, true, false]);
  });

  it("is not hidden while one of its displays can be seen", () => {
    const [one, other] = [display(), display()];
    one.scroll(true);
    other.scroll(false);
    expect(model.get("_hidden")).toBe(false);
    one.scroll(false);
    expect(model.get("_hidden")).toBe(true);
    other.scroll(true);
    expect(model.get("_hidden")).toBe(false);
  });

  it("is hidden when the display that could be seen is removed", () => {
    const [one, other] = [display(), display()];
    one.scroll(true);
    other.scroll(false);
    one.remove();
    expect(model.get("_hidden")).toBe(false);
    model.receive({ _view_count: 0 });
    expect(model.get("_hidden")).toBe(true);
  });

  it("saves nothing when its last display is removed", () => {
    const { scroll, remove } = display();
    scroll(true);
    remove();
    model.receive({ _view_count: 0 });
    expect(model.saved).toEqual([]);
  });
});
