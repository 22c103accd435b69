import { describe, expect, it } from "vitest";
import { describePixel } from "../../src/compare/worker/describe_pixel";
import {
  agreementShares,
  category,
  categoryTones,
  differenceColor,
  differenceTones,
  paintAgreement,
  paintDifference,
  WholeEnlarger,
} from "../../src/drawing/difference";
import { NO_PLANES, WHOLE } from "../../src/source/mask";

const HALF = { a: 0.5, b: 0.5 };
/** An RGBA image of these grays. */
const grays = (...values: number[]) =>
  Uint8ClampedArray.from(values.flatMap((gray) => [gray, gray, gray, 255]));
/** The colors of an RGBA image's pixels. */
const colors = (image: Uint8ClampedArray) =>
  Array.from({ length: image.length / 4 }, (_, index) => [
    ...image.slice(4 * index, 4 * index + 3),
  ]);
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
    const image = grays(100, 100, 100, 100);
    paintAgreement(image, a, b, HALF, categoryTones(opacity));
    return image;
  };

  it("has a color for each category, and darkens the image where no one is", () => {
    expect(colors(painted(1))).toEqual([BLUE, ORANGE, GREEN, [50, 50, 50]]);
  });

  it("covers the image with the opacity", () => {
    expect(colors(painted(0.5))).toEqual([
      [50, 107, 139],
      [165, 130, 50],
      [50, 129, 108],
      [75, 75, 75],
    ]);
    expect(painted(0)).toEqual(grays(100, 100, 100, 100));
  });

  it("makes the image gray, as bright as it was, so that nothing else has a color", () => {
    const image = Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255);
    paintAgreement(image, new Uint8Array(3), new Uint8Array(3), HALF, categoryTones(0));
    expect(image).toEqual(grays(77, 149, 29));
  });

  it("paints as many pixels as the image has, of arrays that may go on", () => {
    const image = grays(100, 100);
    paintAgreement(image, a, b, HALF, categoryTones(1));
    expect(colors(image)).toEqual([BLUE, ORANGE]);
  });
});

describe("agreementShares", () => {
  it("gives the categories' shares of the image", () => {
    const levels = {
      a: Uint8Array.of(200, 200, 200, 0, 0),
      b: Uint8Array.of(0, 200, 200, 200, 0),
      length: 5,
    };
    const shares = agreementShares(levels, { a: 0.5, b: 0.5 });
    expect(shares).toEqual({ both: 0.4, a: 0.2, b: 0.2, neither: 0.2 });
    const strict = agreementShares(levels, { a: 0.5, b: 0.9 });
    expect(strict).toEqual({ both: 0, a: 0.6, b: 0, neither: 0.4 });
  });

  it("counts as many pixels as the image has, of arrays that may go on", () => {
    const levels = { a: Uint8Array.of(255, 0, 0), b: Uint8Array.of(255, 255, 0), length: 1 };
    expect(agreementShares(levels, HALF)).toEqual({ both: 1, a: 0, b: 0, neither: 0 });
  });
});

describe("differenceColor", () => {
  it("is dark where the two are alike, the first's color above and the second's below", () => {
    expect(differenceColor(0)).toEqual([24, 24, 24]);
    expect(differenceColor(255)).toEqual(ORANGE);
    expect(differenceColor(-255)).toEqual(GREEN);
  });

  it("gets brighter with the difference, and only brighter", () => {
    const luminance = (difference: number) => {
      const [red, green, blue] = differenceColor(difference);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    for (let size = 5; size <= 255; size += 5) {
      expect(luminance(size)).toBeGreaterThan(luminance(size - 5));
      expect(luminance(-size)).toBeGreaterThan(luminance(5 - size));
    }
  });
});

describe("paintDifference", () => {
  const painted = (opacity: number) => {
    const image = grays(200, 200, 200);
    const [a, b] = [Uint8Array.of(255, 0, 90), Uint8Array.of(0, 255, 90)];
    paintDifference(image, a, b, differenceTones(opacity));
    return colors(image);
  };

  it("paints the first's probability less the second's", () => {
    expect(painted(1)).toEqual([ORANGE, GREEN, [24, 24, 24]]);
  });

  it("covers the image with the opacity", () => {
    expect(painted(0.5)[2]).toEqual([112, 112, 112]);
    expect(painted(0)).toEqual(colors(grays(200, 200, 200)));
  });
});

describe("WholeEnlarger", () => {
  const mask = { data: Uint8Array.of(10, 20), width: 2, height: 1, region: WHOLE, ...NO_PLANES };
  const left = { ...mask, region: { left: 0, top: 0.5, width: 0.5, height: 0.5 } };

  it("is 0 where a mask covers nothing, also after one that did", () => {
    const enlarger = new WholeEnlarger();
    expect([...enlarger.enlarge(left, 4, 2, false)]).toEqual([0, 0, 0, 0, 10, 20, 0, 0]);
    const right = { ...left, region: { ...left.region, left: 0.5 } };
    expect([...enlarger.enlarge(right, 4, 2, false)]).toEqual([0, 0, 0, 0, 0, 0, 10, 20]);
    const nowhere = { ...left, region: { left: 0, top: 0, width: 0, height: 0 } };
    expect([...enlarger.enlarge(nowhere, 4, 2, false)]).toEqual(new Array(8).fill(0));
  });

  it("swaps left and right for a mirrored image", () => {
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
