import { describe, expect, it } from "vitest";
import { moved } from "../../src/kit/menu_button";

const ITEMS = ["Selfie · general", "Selfie · landscape", "BlazePose · lite"];

describe("a key in the menu", () => {
  it("goes to the next entry, and from the last to the first", () => {
    expect([-1, 0, 1, 2].map((at) => moved("ArrowDown", at, ITEMS))).toEqual([0, 1, 2, 0]);
    expect([-1, 0, 1, 2].map((at) => moved("ArrowUp", at, ITEMS))).toEqual([2, 2, 0, 1]);
  });

  it("goes to the ends", () => {
    expect(moved("Home", 1, ITEMS)).toBe(0);
    expect(moved("End", 1, ITEMS)).toBe(2);
  });

  it("goes to the next entry that begins with a letter", () => {
    expect([0, 1, 2].map((at) => moved("s", at, ITEMS))).toEqual([1, 0, 0]);
    expect(moved("B", 0, ITEMS)).toBe(2);
    expect(moved("x", 0, ITEMS)).toBeNull();
  });

  it("is left alone where it means something else, and where there is no entry", () => {
    expect(moved("Enter", 0, ITEMS)).toBeNull();
    expect(moved(" ", 0, ITEMS)).toBeNull();
    expect(moved("ArrowDown", -1, [])).toBeNull();
  });
});
