import { expect, test } from "vitest";
import { holdFullSize, onFullSize } from "../../src/kit/full_size";

test("an image has its full size while at least one holds it", () => {
  const frame = new EventTarget() as Element;
  const told: boolean[] = [];
  const shown = new AbortController();
  onFullSize(frame, (held) => told.push(held), shown.signal);
  const [first, second, third] = [0, 1, 2].map(() => new AbortController()) as [
    AbortController,
    AbortController,
    AbortController,
  ];
  for (const { signal } of [first, second]) holdFullSize(frame, signal);
  first.abort();
  expect(told).toEqual([true]);
  second.abort();
  expect(told).toEqual([true, false]);
  holdFullSize(frame, third.signal);
  shown.abort();
  third.abort();
  expect(told).toEqual([true, false, true]);
});
