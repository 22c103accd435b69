import { expect, test, vi } from "vitest";
import { onTick } from "../../src/kit/tick";

/** Start listeners at these times, ms, and return when each was called until `end`. */
function ticks(starts: number[], end: number): number[][] {
  vi.useFakeTimers();
  const began = performance.now() - (performance.now() % 500) + 500;
  vi.advanceTimersByTime(began - performance.now());
  const { signal } = new AbortController();
  const heard: number[][] = starts.map(() => []);
  starts.forEach((start, index) => {
    setTimeout(
      () => onTick(() => heard[index]?.push(Math.round(performance.now() - began)), 500, signal),
      start,
    );
  });
  vi.advanceTimersByTime(end);
  return heard;
}

test("listeners hear ticks at the same moments, whenever they began", () => {
  expect(ticks([10, 120, 490], 1600)).toEqual([
    [500, 1000, 1500],
    [500, 1000, 1500],
    [500, 1000, 1500],
  ]);
});

test("a listener hears no tick once its signal has ended it", () => {
  vi.useFakeTimers();
  const ending = new AbortController();
  const listener = vi.fn();
  onTick(listener, 500, ending.signal);
  vi.advanceTimersByTime(1000);
  expect(listener).toHaveBeenCalledTimes(2);
  ending.abort();
  vi.advanceTimersByTime(2000);
  expect(listener).toHaveBeenCalledTimes(2);
});
