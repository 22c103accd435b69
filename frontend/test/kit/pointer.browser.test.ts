/** What is pointed at in an image, by the pointer and by keys. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { onPointer } from "../../src/kit/pointer";

let frame: HTMLElement;
let told: (string | null)[];
let end: AbortController;

beforeEach(() => {
  frame = document.createElement("div");
  frame.style.cssText = "position: fixed; inset: 0 auto auto 0; width: 100px; height: 100px";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  frame.append(canvas);
  document.body.append(frame);
  told = [];
  end = new AbortController();
  onPointer(
    frame,
    (place, byKey) =>
      told.push(place && `${place.x.toFixed(2)} ${place.y.toFixed(2)}${byKey ? " by key" : ""}`),
    end.signal,
  );
  canvas.focus();
});

afterEach(() => {
  end.abort();
  frame.remove();
});

function point(type: string, x: number, y: number): void {
  const at = { clientX: x, clientY: y, screenX: x, screenY: y };
  frame.dispatchEvent(new PointerEvent(type, at));
}

function press(key: string): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  frame.firstElementChild?.dispatchEvent(event);
}

test("keys go on from where the pointer is, and the pointer from where it is moved to", () => {
  point("pointerenter", 20, 30);
  point("pointermove", 20, 30);
  press("ArrowRight");
  point("pointermove", 40, 30);
  expect(told).toEqual(["0.20 0.30", "0.21 0.30 by key", "0.40 0.30"]);
});

test("a pointer that rests while the page moves below it takes nothing from the keys", () => {
  press("ArrowRight");
  point("pointerenter", 20, 30);
  point("pointermove", 20, 30);
  point("pointerleave", 20, 30);
  press("ArrowRight");
  expect(told).toEqual(["0.51 0.50 by key", "0.52 0.50 by key"]);
});

test("a pointer that leaves points at nothing", () => {
  point("pointermove", 20, 30);
  point("pointerleave", 120, 30);
  expect(told).toEqual(["0.20 0.30", null]);
});
