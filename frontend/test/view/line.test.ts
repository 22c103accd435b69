import { describe, expect, it } from "vitest";
import { endAt, lineOf, mirrored, numbersOf } from "../../src/view/line";

const SIZE = { width: 400, height: 300 };
const line = { a: { x: 0.1, y: 0.5 }, b: { x: 0.9, y: 0.5 } };

describe("lineOf", () => {
  it("reads what the trait has, and no line of an empty one", () => {
    expect(lineOf([0.1, 0.5, 0.9, 0.5])).toEqual(line);
    expect(lineOf([])).toBeNull();
  });

  it("is undone by numbersOf, which rounds finer than pixels", () => {
    expect(numbersOf(line)).toEqual([0.1, 0.5, 0.9, 0.5]);
    expect(numbersOf({ ...line, a: { x: 1 / 3, y: 0 } })).toEqual([0.3333, 0, 0.9, 0.5]);
  });
});

describe("endAt", () => {
  it("finds the end that a pointer takes hold of, in pixels", () => {
    expect(endAt(line, { x: 0.13, y: 0.5 }, SIZE, 14)).toBe("a");
    expect(endAt(line, { x: 0.9, y: 0.54 }, SIZE, 14)).toBe("b");
    expect(endAt(line, { x: 0.5, y: 0.5 }, SIZE, 14)).toBeNull();
    expect(endAt(line, { x: 0.14, y: 0.5 }, SIZE, 14)).toBeNull();
  });

  it("takes the nearer one of a short line", () => {
    const short = { a: { x: 0.5, y: 0.5 }, b: { x: 0.52, y: 0.5 } };
    expect(endAt(short, { x: 0.52, y: 0.5 }, SIZE, 14)).toBe("b");
  });
});

describe("mirrored", () => {
  it("swaps left and right where the image is mirrored, and back", () => {
    expect(mirrored({ x: 0.25, y: 0.1 }, true)).toEqual({ x: 0.75, y: 0.1 });
    expect(mirrored({ x: 0.25, y: 0.1 }, false)).toEqual({ x: 0.25, y: 0.1 });
  });
});
