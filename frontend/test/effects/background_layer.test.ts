import { describe, expect, it } from "vitest";
import { seenPart } from "../../src/effects/worker/background_layer";

const part = (given: [number, number], shown: [number, number]) => {
  const size = ([width, height]: [number, number]) => ({ width, height });
  const { left, top, width, height } = seenPart(size(given), size(shown));
  return [left, top, width, height];
};

// What `_covering` of rendering/background.py cuts out of images of these sizes.
describe("what is seen of an image", () => {
  it("is all of one with the same shape", () => {
    expect(part([640, 480], [640, 480])).toEqual([0, 0, 640, 480]);
    expect(part([64, 48], [640, 480])).toEqual([0, 0, 64, 48]);
    expect(part([1280, 960], [640, 480])).toEqual([0, 0, 1280, 960]);
  });

  it("is the middle of a wide one", () => {
    expect(part([1280, 480], [640, 480])).toEqual([320, 0, 640, 480]);
    expect(part([100, 30], [640, 480])).toEqual([30, 0, 40, 30]);
  });

  it("is the middle of a high one", () => {
    expect(part([480, 1280], [640, 480])).toEqual([0, 460, 480, 360]);
  });

  it("has a whole number of its pixels for each that is shown, where it is larger", () => {
    expect(part([1281, 961], [640, 480])).toEqual([0, 0, 1280, 960]);
    expect(part([1919, 1081], [640, 360])).toEqual([0, 1, 1918, 1078]);
  });

  it("is a pixel at least", () => {
    expect(part([1, 1], [640, 480])).toEqual([0, 0, 1, 1]);
    expect(part([2000, 1], [10, 480])).toEqual([999, 0, 1, 1]);
  });
});
