import { describe, expect, it } from "vitest";
import { describePixel } from "../src/difference_view";
import {
  category,
  categoryColours,
  differenceColour,
  differenceColours,
  paintAgreement,
  paintDifference,
  WholeEnlarger,
} from "../src/drawing/difference";
import { WHOLE } from "../src/mask";

const HALF = { a: 0.5, b: 0.5 };
/** What is painted for these pixels, as RGBA quadruples. */
const bytes = (pixels: Uint32Array) => {
  const all = [...new Uint8Array(pixels.buffer)];
  return Array.from({ length: pixels.length }, (_, index) => all.slice(4 * index, 4 * index + 4));
};
const BLUE = [0, 114, 178];
const ORANGE = [230, 159, 0];
const GREEN = [0, 158, 115];

describe("category", () => {
  it("takes a pixel for a person from the rounded threshold on, inclusive", () => {
    expect(category(128, 127, HALF)).toBe("a");
    expect(category(127, 128, HALF)).toBe("b");
    expect(category(128, 128, HALF)).toBe("both");
    expect(category(127, 127, HALF)).toBe("neither");
  });

  it("has a threshold for each of the two", () => {
    expect(category(100, 100, { a: 0.2, b: 0.8 })).toBe("a");
    expect(category(0, 0, { a: 0, b: 0.1 })).toBe("a");
  });
});

describe("paintAgreement", () => {
  const a = Uint8Array.of(255, 255, 0, 0);
  const b = Uint8Array.of(255, 0, 255, 0);
  const painted = (opacity: number) => {
    const pixels = new Uint32Array(4);
    const shares = paintAgreement(a, b, HALF, categoryColours(opacity), pixels);
    return { colours: bytes(pixels), shares };
  };

  it("has a colour for each category, and darkens the picture where nobody is", () => {
    const { colours } = painted(1);
    expect(colours).toEqual([
      [...BLUE, 255],
      [...ORANGE, 255],
      [...GREEN, 255],
      [0, 0, 0, 128],
    ]);
  });

  it("covers the picture with the opacity", () => {
    expect(painted(0.6).colours.map((colour) => colour[3])).toEqual([153, 153, 153, 77]);
    expect(painted(0).colours.map((colour) => colour[3])).toEqual([0, 0, 0, 0]);
  });

  it("gives the categories' shares of the picture", () => {
    expect(painted(1).shares).toEqual({ both: 0.25, a: 0.25, b: 0.25, neither: 0.25 });
    const wide = paintAgreement(
      Uint8Array.of(200, 200, 200, 0, 0),
      Uint8Array.of(0, 200, 200, 200, 0),
      { a: 0.5, b: 0.9 },
      categoryColours(1),
      new Uint32Array(5),
    );
    expect(wide).toEqual({ both: 0, a: 0.6, b: 0, neither: 0.4 });
  });

  it("paints as many pixels as the picture has, of arrays that may go on", () => {
    const pixels = new Uint32Array(2);
    expect(paintAgreement(a, b, HALF, categoryColours(1), pixels).both).toBe(0.5);
  });
});

describe("differenceColour", () => {
  it("is dark where the two are alike, the first's colour above and the second's below", () => {
    expect(differenceColour(0)).toEqual([24, 24, 24]);
    expect(differenceColour(255)).toEqual(ORANGE);
    expect(differenceColour(-255)).toEqual(GREEN);
  });

  it("gets brighter with the difference, and only brighter", () => {
    const luminance = (difference: number) => {
      const [red, green, blue] = differenceColour(difference);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    for (let size = 5; size <= 255; size += 5) {
      expect(luminance(size)).toBeGreaterThan(luminance(size - 5));
      expect(luminance(-size)).toBeGreaterThan(luminance(5 - size));
    }
  });
});

describe("paintDifference", () => {
  it("paints the first's probability less the second's", () => {
    const pixels = new Uint32Array(3);
    const [a, b] = [Uint8Array.of(255, 0, 90), Uint8Array.of(0, 255, 90)];
    paintDifference(a, b, differenceColours(0.8), pixels);
    expect(bytes(pixels)).toEqual([
      [...ORANGE, 204],
      [...GREEN, 204],
      [24, 24, 24, 204],
    ]);
  });
});

describe("WholeEnlarger", () => {
  const mask = { data: Uint8Array.of(10, 20), width: 2, height: 1, region: WHOLE };
  const left = { ...mask, region: { left: 0, top: 0.5, width: 0.5, height: 0.5 } };

  it("is 0 where a mask covers nothing, also after one that did", () => {
    const enlarger = new WholeEnlarger();
    expect([...enlarger.enlarge(left, 4, 2, false)]).toEqual([0, 0, 0, 0, 10, 20, 0, 0]);
    const right = { ...left, region: { ...left.region, left: 0.5 } };
    expect([...enlarger.enlarge(right, 4, 2, false)]).toEqual([0, 0, 0, 0, 0, 0, 10, 20]);
    const nowhere = { ...left, region: { left: 0, top: 0, width: 0, height: 0 } };
    expect([...enlarger.enlarge(nowhere, 4, 2, false)]).toEqual(new Array(8).fill(0));
  });

  it("swaps left and right for a mirrored picture", () => {
    const enlarger = new WholeEnlarger();
    expect([...enlarger.enlarge(left, 4, 2, true)]).toEqual([0, 0, 0, 0, 0, 0, 20, 10]);
    expect([...enlarger.enlarge(mask, 2, 1, true)]).toEqual([20, 10]);
  });
});

describe("describePixel", () => {
  const names = { a: "general", b: "landscape" };

  it("reads off both probabilities, their difference and who sees a person", () => {
    expect(describePixel(names, { a: 237, b: 105 }, "a")).toBe(
      "general 0.93 · landscape 0.41 · Δ +0.52\nonly general",
    );
    expect(describePixel(names, { a: 0, b: 128 }, "b")).toBe(
      "general 0.00 · landscape 0.50 · Δ −0.50\nonly landscape",
    );
  });

  it("has no sign where there is no difference", () => {
    expect(describePixel(names, { a: 200, b: 201 }, "both")).toMatch(/Δ 0\.00\nboth$/);
  });
});
