import { describe, expect, it } from "vitest";
import { INFERNO } from "../../src/drawing/inferno";
import type { Look } from "../../src/drawing/look";
import { type Covered, Enlarger, overlay, overlayOutside } from "../../src/drawing/pixels";
import { NO_PLANES, WHOLE } from "../../src/source/mask";

const PINK = [204, 121, 167] as const;
const look = {
  view: "mask",
  threshold: 0.5,
  opacity: 0.6,
  maskColor: PINK,
  mirror: false,
  colored: null,
} as const;

/** An 8 x 8 image with a person in its right half. */
const person = Uint8Array.from({ length: 64 }, (_, index) => (index % 8 >= 4 ? 255 : 0));
const WHOLE_8 = { left: 0, top: 0, width: 8, height: 8 };
/** The overlay of this person's 8 x 8 pixels, as RGBA bytes. */
const laid = (look: Look, covered: Covered = { width: 8, height: 8, region: WHOLE_8 }) => {
  const pixels = new Uint32Array(64);
  overlay(person, covered, look, pixels);
  return new Uint8Array(pixels.buffer);
};
const alphaAt = (pixels: Uint8Array, x: number, y: number) => pixels[4 * (y * 8 + x) + 3];

describe("Enlarger", () => {
  const mask = (width: number, ...values: number[]) => ({
    data: Uint8Array.from(values),
    width,
    height: values.length / width,
    region: WHOLE,
    ...NO_PLANES,
  });

  it("interpolates between pixel centers and repeats the edge", () => {
    expect([...new Enlarger().enlarge(mask(2, 0, 200), 4, 1)]).toEqual([0, 50, 150, 200]);
  });

  it("keeps a mask of the region's size as it is", () => {
    expect(new Enlarger().enlarge(mask(8, ...person), 8, 8)).toEqual(person);
  });

  it("takes masks and regions of other sizes while it runs", () => {
    const enlarger = new Enlarger();
    enlarger.enlarge(mask(1, 9), 3, 3);
    const smaller = enlarger.enlarge(mask(2, 1, 2, 3, 4), 2, 2);
    expect([...smaller.subarray(0, 4)]).toEqual([1, 2, 3, 4]);
    expect([...enlarger.enlarge(mask(1, 5), 2, 8)]).toEqual(new Array(16).fill(5));
  });
});

describe("overlay", () => {
  it("covers the person with the opacity, and its outline wholly", () => {
    const pixels = laid(look);
    expect(alphaAt(pixels, 3, 4)).toBe(0);
    expect(alphaAt(pixels, 4, 4)).toBe(255);
    expect(alphaAt(pixels, 7, 4)).toBe(153);
    expect([...pixels.slice(4 * 39, 4 * 39 + 3)]).toEqual([...PINK]);
  });

  it("leaves the inside of a contour free", () => {
    const pixels = laid({ ...look, view: "contour" });
    expect(alphaAt(pixels, 4, 4)).toBe(255);
    expect(alphaAt(pixels, 7, 4)).toBe(0);
  });

  it("is the person's shape for the cut-out", () => {
    const pixels = laid({ ...look, view: "cut-out" });
    expect(alphaAt(pixels, 3, 0)).toBe(0);
    expect(alphaAt(pixels, 4, 0)).toBe(255);
  });

  it("colors every pixel of the heatmap by its probability", () => {
    const pixels = laid({ ...look, view: "heatmap" });
    expect([...pixels.slice(0, 3)]).toEqual([...INFERNO.slice(0, 3)]);
    expect([...pixels.slice(4 * 7, 4 * 7 + 3)]).toEqual([...INFERNO.slice(-3)]);
    expect(alphaAt(pixels, 0, 0)).toBe(153);
  });

  it("closes the outline where the region ends inside the image, not at the image's edge", () => {
    const inside = { width: 12, height: 8, region: { left: 1, top: 0, width: 8, height: 8 } };
    const pixels = laid(look, inside);
    expect(alphaAt(pixels, 6, 4)).toBe(255);
    expect(alphaAt(pixels, 7, 4)).toBe(255);
    expect(alphaAt(laid(look), 7, 4)).toBe(153);
    expect(alphaAt(pixels, 7, 0)).toBe(255);
    expect(alphaAt(laid(look), 7, 0)).toBe(153);
  });
});

describe("overlayOutside", () => {
  it("lays nothing over what the mask does not cover", () => {
    expect(overlayOutside(look)).toEqual([0, 0, 0, 0]);
    expect(overlayOutside({ ...look, view: "cut-out" })).toEqual([0, 0, 0, 0]);
  });

  it("shows it as probability 0 in the heatmap", () => {
    const heatmap = overlayOutside({ ...look, view: "heatmap" });
    expect(heatmap).toEqual([...INFERNO.slice(0, 3), 153]);
  });

  it("takes everything for a person at threshold 0", () => {
    expect(overlayOutside({ ...look, threshold: 0 })).toEqual([...PINK, 153]);
    expect(overlayOutside({ ...look, threshold: 0, view: "cut-out" })[3]).toBe(255);
  });
});
