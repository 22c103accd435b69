import { describe, expect, it } from "vitest";
import { cameraProblem } from "../../src/source/media_streams";

describe("cameraProblem", () => {
  it.each([
    ["NotAllowedError", "blocked the camera"],
    ["NotFoundError", "No camera was found"],
    ["NotReadableError", "another program"],
    ["OverconstrainedError", "no longer available"],
    ["OddError", "could not be opened"],
  ])("%s: says why and what to do", (name, words) => {
    const text = cameraProblem(Object.assign(new Error("x"), { name }));
    expect(text).toContain(words);
    expect(text).toContain("Start");
  });
});
