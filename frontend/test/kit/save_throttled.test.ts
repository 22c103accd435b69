import { beforeEach, expect, test, vi } from "vitest";
import { saveThrottled } from "../../src/kit/save_throttled";

/** ms between two frames of the screen. */
const FRAME = 16;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (act: () => void) => setTimeout(act, FRAME));
});

test("a change is saved once the image had time to be drawn and shown", () => {
  const model = { save_changes: vi.fn() };
  saveThrottled(model)();
  vi.advanceTimersByTime(2 * FRAME - 1);
  expect(model.save_changes).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(model.save_changes).toHaveBeenCalledOnce();
});

test("a slider that goes on moving is saved while it moves, and at its end", () => {
  const saved: number[] = [];
  let value = 0;
  const save = saveThrottled({ save_changes: () => saved.push(value) });
  for (; value < 20; value += 1) {
    save();
    vi.advanceTimersByTime(FRAME);
  }
  save();
  vi.advanceTimersByTime(3 * FRAME);
  expect(saved.length).toBeGreaterThan(5);
  expect(saved.length).toBeLessThan(15);
  expect(saved.at(-1)).toBe(20);
});
