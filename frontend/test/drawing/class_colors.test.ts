import { describe, expect, it } from "vitest";
import { classColors, colorTable, personColor } from "../../src/drawing/class_colors";
import { parseColor } from "../../src/drawing/color";
import { PALETTES } from "../../src/generated";

const classes = (...names: string[]) => names.map((name, value) => ({ value, name }));

describe("classColors", () => {
  it("gives each of 24 classes the color of its place", () => {
    const names = Array.from({ length: 24 }, (_, at) => `class ${at}`);
    const colors = [...classColors(classes(...names), "colorblind").values()];
    expect(colors).toEqual(PALETTES.colorblind.map(parseColor));
  });

  it("gives few classes colors from all of the palette, and the background none", () => {
    const colors = classColors(classes("Background", "hair", "skin"), "rainbow");
    const [hair, skin] = [PALETTES.rainbow[0], PALETTES.rainbow[12]].map(parseColor);
    expect([...colors]).toEqual([
      [1, hair],
      [2, skin],
    ]);
  });
});

describe("personColor", () => {
  it("differs from person to person, and begins anew after 24", () => {
    const colors = Array.from({ length: 24 }, (_, at) => String(personColor(at + 1, "rainbow")));
    expect(new Set(colors).size).toBe(24);
    expect(String(personColor(25, "rainbow"))).toBe(colors[0]);
  });
});

describe("colorTable", () => {
  it("is transparent where a number has no color", () => {
    const table = colorTable([[2, [10, 20, 30]]]);
    expect([...table.slice(4, 12)]).toEqual([0, 0, 0, 0, 10, 20, 30, 255]);
  });
});
