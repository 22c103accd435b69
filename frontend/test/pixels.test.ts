import { describe, expect, it } from "vitest";
import { INFERNO } from "../src/drawing/inferno";
import { type Look, TEAL } from "../src/drawing/look";
import { Enlarger, overlay } from "../src/drawing/pixels";

const look = { view: "mask", threshold: 0.5, opacity: 0.6, mirror: false } as const;

/** An 8 x 8 picture with a person in its right half. */
const person = Uint8Array.from({ length: 64 }, (_, index) => (index % 8 >= 4 ? 255 : 0));
/** The overlay of an 8 x 8 picture, as RGBA bytes. */
const laid = (look: Look): Uint8Array => {
  const pixels = new Uint32Array(64);
  overlay(person, 8, look, pixels);
  return new Uint8Array(pixels.buffer);
};
const alphaAt = (pixels: Uint8Array, x: number, y: number) => pixels[4 * (y * 8 + x) + 3];

describe("Enlarger", () => {
  it("interpolates between pixel centres and repeats the edge", () => {
    const mask = { data: Uint8Array.from([0, 200]), width: 2, height: 1 };
    expect([...new Enlarger(4, 1).enlarge(mask)]).toEqual([0, 50, 150, 200]);
  });

  it("keeps a mask of the picture's size as it is", () => {
    const mask = { data: person, width: 8, height: 8 };
    expect(new Enlarger(8, 8).enlarge(mask)).toEqual(person);
  });

  it("takes masks of another size while it runs", () => {
    const enlarger = new Enlarger(2, 2);
    enlarger.enlarge({ data: Uint8Array.of(9), width: 1, height: 1 });
    const mask = { data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2 };
    expect([...enlarger.enlarge(mask)]).toEqual([1, 2, 3, 4]);
  });
});

describe("overlay", () => {
  it("covers the person with the opacity, and its outline wholly", () => {
    const pixels = laid(look);
    expect(alphaAt(pixels, 3, 4)).toBe(0);
    expect(alphaAt(pixels, 4, 4)).toBe(255);
    expect(alphaAt(pixels, 7, 4)).toBe(153);
    expect([...pixels.slice(4 * 39, 4 * 39 + 3)]).toEqual([...TEAL]);
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

  it("colours every pixel of the heatmap by its probability", () => {
    const pixels = laid({ ...look, view: "heatmap" });
    expect([...pixels.slice(0, 3)]).toEqual([...INFERNO.slice(0, 3)]);
    expect([...pixels.slice(4 * 7, 4 * 7 + 3)]).toEqual([...INFERNO.slice(-3)]);
    expect(alphaAt(pixels, 0, 0)).toBe(153);
  });
});
