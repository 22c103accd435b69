import { describe, expect, it } from "vitest";
import { isMirrored, pressed } from "../../src/source/mirror";
import { hint } from "../../src/source/mirror_button";

const camera = { isMirror: () => true };
const file = { isMirror: () => false };

describe("mirroring", () => {
  it("suits the source, unless it is said", () => {
    expect([camera, file].map((source) => isMirrored("auto", source))).toEqual([true, false]);
    for (const source of [camera, file])
      expect([true, false].map((choice) => isMirrored(choice, source))).toEqual([true, false]);
  });

  it("is the other way for every source when the button is pressed, and suits it again when it is pressed back", () => {
    expect(pressed("auto", camera)).toBe(false);
    expect(pressed(false, camera)).toBe("auto");
    expect(pressed("auto", file)).toBe(true);
    expect(pressed(true, file)).toBe("auto");
  });

  it("that was chosen for another source can be undone, too", () => {
    expect(pressed(true, camera)).toBe(false);
    expect(pressed(false, file)).toBe(true);
  });

  it("is explained by its button", () => {
    expect(hint("auto")).toContain("on for a camera of this page, off for everything else");
    expect(hint(true)).toContain("on for every source");
    expect(hint(false)).toContain("off for every source");
  });
});
