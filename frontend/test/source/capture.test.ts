import { describe, expect, it } from "vitest";
import { fitInto } from "../../src/source/worker/capture";

describe("fitInto", () => {
  it("scales down in proportion, and never up", () => {
    expect(fitInto(1280, 720, 640, 480)).toEqual([640, 360]);
    expect(fitInto(320, 240, 640, 480)).toEqual([320, 240]);
    expect(fitInto(10_000, 1, 640, 480)).toEqual([640, 1]);
  });
});
