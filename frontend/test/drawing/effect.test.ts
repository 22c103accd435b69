import { describe, expect, it } from "vitest";
import { Blur } from "../../src/drawing/blur";
import { CANVAS_PAINTERS } from "../../src/drawing/canvas2d_effects";
import { parseColor } from "../../src/drawing/color";
import {
  edgeBlurOf,
  gaussian,
  halved,
  halvedSize,
  lineCover,
  MAX_FACTOR,
  maskColors,
  painterOf,
} from "../../src/drawing/effect";
import { alphaOf, mix, pixelate } from "../../src/drawing/effect_bytes";
import { Parameters } from "../../src/drawing/parameters";
import { WEBGL_PAINTERS } from "../../src/drawing/webgl_effects";
import { MAX_WEIGHTS } from "../../src/drawing/webgl_passes";
import { MAX_BLUR_AMOUNT } from "../../src/generated";

describe("halved", () => {
  it("leaves a small blur to all pixels", () => {
    expect(halved(2)).toEqual({ factor: 1, sigma: 2, margin: 0 });
  });

  it("leaves a large blur to few pixels, and little of it", () => {
    for (let sigma = 2.5; sigma <= MAX_BLUR_AMOUNT; sigma += 0.5) {
      const { factor, sigma: left, margin } = halved(sigma);
      expect(factor).toBeGreaterThan(1);
      expect(factor).toBeLessThanOrEqual(MAX_FACTOR);
      expect(left).toBeGreaterThanOrEqual(1);
      expect(gaussian(left).length).toBeLessThanOrEqual(MAX_WEIGHTS);
      expect(margin * factor).toBeGreaterThanOrEqual(3 * sigma);
    }
  });

  it("keeps all of an image whose size is no multiple", () => {
    const plan = { factor: 4, sigma: 1, margin: 3 };
    expect(halvedSize(9, 8, plan)).toEqual({ width: 9, height: 8 });
  });
});

describe("painters", () => {
  it("are there for the same effects in both ways of drawing", () => {
    expect(Object.keys(CANVAS_PAINTERS)).toEqual(Object.keys(WEBGL_PAINTERS));
  });

  it("are asked for by name", () => {
    expect(painterOf(CANVAS_PAINTERS, "bokeh")).toBe(CANVAS_PAINTERS.bokeh);
    expect(() => painterOf(CANVAS_PAINTERS, "gone")).toThrow('no painter of the effect "gone"');
  });

  it("blur an edge before another background where it is not soft", () => {
    expect(edgeBlurOf(new Parameters({ soft: false, edge_blur_amount: 4 }))).toBe(4);
    expect(edgeBlurOf(new Parameters({ soft: true, edge_blur_amount: 4 }))).toBe(0);
  });

  it("cover with colors, or with none", () => {
    const values = {
      mask_foreground: "transparent",
      mask_background: "#000000",
      draw_contour: false,
      contour_color: "#00ffff",
      contour_width: 2,
    };
    const clear = { foreground: null, background: [0, 0, 0], contour: null };
    expect(maskColors(new Parameters(values))).toEqual(clear);
    expect(maskColors(new Parameters({ ...values, draw_contour: true }))).toEqual({
      ...clear,
      contour: { color: [0, 255, 255], width: 2 },
    });
  });
});

describe("gaussian", () => {
  it("sums to 1 over both sides", () => {
    const [middle = 0, ...beside] = gaussian(1.5);
    expect(middle + 2 * beside.reduce((a, b) => a + b)).toBeCloseTo(1);
  });
});

describe("Blur", () => {
  const WIDTH = 40;
  const HEIGHT = 24;
  const image = (value: (x: number, y: number) => number) =>
    Int32Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
      value(at % WIDTH, Math.floor(at / WIDTH)),
    );

  it("is rendering.gaussian_blur's step", () => {
    const step = image((x) => (x < 3 ? 0 : 255));
    const blurred = new Blur().blur(step, WIDTH, HEIGHT, 1);
    // Python's docstring has 1, 15, 77, 178, 240, 254; the weights are 256ths here.
    [1, 15, 77, 178, 240, 254].forEach((value, x) => {
      expect(Math.abs((blurred[5 * WIDTH + x] as number) - value)).toBeLessThanOrEqual(2);
    });
  });

  it("leaves a plain image as it is, up to its edges, in both bytes", () => {
    for (const amount of [0.5, 1, 2, 3, 7.5, 20]) {
      const plain = image(() => 0x00ff0064);
      const blurred = new Blur().blur(plain, WIDTH, HEIGHT, amount);
      expect([...new Set(blurred.subarray(0, plain.length))]).toEqual([0x00ff0064]);
    }
  });

  it("does not mix the two bytes", () => {
    const both = image((x, y) => ((x * 6) << 16) | (y * 10));
    const blurred = new Blur().blur(both, WIDTH, HEIGHT, 3).slice(0, both.length);
    const first = new Blur().blur(
      image((_, y) => y * 10),
      WIDTH,
      HEIGHT,
      3,
    );
    expect([...blurred].map((pixel) => pixel & 255)).toEqual([...first.subarray(0, both.length)]);
  });

  it("takes images of other sizes while it runs", () => {
    const blur = new Blur();
    blur.blur(
      image(() => 9),
      WIDTH,
      HEIGHT,
      3,
    );
    const small = blur.blur(new Int32Array(15).fill(7), 5, 3, 4);
    expect([...small.subarray(0, 15)]).toEqual(new Array(15).fill(7));
  });
});

describe("lineCover", () => {
  it("is half on one pixel and half on the next, and also at the ends", () => {
    expect([...lineCover(8, 4)]).toEqual([0.5, 0, 0, 0.5, 0.5, 0, 0, 0.5]);
  });

  it("covers everything where cells are a pixel wide", () => {
    expect([...lineCover(3, 1)]).toEqual([1, 1, 1]);
  });
});

describe("parseColor", () => {
  it("reads what a color input gives", () => {
    expect(parseColor("#00a3FF")).toEqual([0, 163, 255]);
  });

  it("refuses a color that is written in another way", () => {
    expect(() => parseColor("teal")).toThrow('written as #rrggbb, but got "teal"');
  });
});

describe("effects on bytes", () => {
  const levels = Uint8Array.of(0, 127, 128, 255);
  const alpha = (threshold: number, soft: boolean) => {
    const found = new Int32Array(4);
    alphaOf(levels, threshold, soft, found);
    return [...found];
  };

  it("cut the probability at the 8-bit threshold, or keep it", () => {
    expect(alpha(0.5, false)).toEqual([0, 0, 255, 255]);
    expect(alpha(0, false)).toEqual([255, 255, 255, 255]);
    expect(alpha(1, false)).toEqual([0, 0, 0, 255]);
    expect(alpha(1, true)).toEqual([...levels]);
  });

  it("show all of the person, all of what is behind, or a share of both", () => {
    const over = new Uint32Array(3).fill(0xff6496c8);
    const under = { odd: new Int32Array(3).fill(0), even: new Int32Array(3).fill(0x00ff0000) };
    const drawn = new Uint32Array(3);
    mix(over, under, Int32Array.of(255, 0, 128), drawn);
    const [person, behind, share] = [...drawn];
    expect(person).toBe(0xff6496c8);
    expect(behind).toBe(0xff000000);
    expect((share as number) & 255).toBeCloseTo(100, -1);
    expect((share as number) >>> 24).toBe(255);
  });

  it("pixelate with the mask's color at each cell's middle, and white lines between", () => {
    const [width, height] = [8, 4];
    const image = new Uint8ClampedArray(4 * width * height).fill(100);
    const right = Int32Array.from({ length: width * height }, (_, at) =>
      at % width >= 4 ? 255 : 0,
    );
    pixelate(image, width, height, right, { color: [204, 121, 167], opacity: 1, width: 4 });
    const at = (x: number, y: number) => [...image.subarray(4 * (y * width + x)).slice(0, 3)];
    expect(at(1, 1)).toEqual([100, 100, 100]);
    expect(at(5, 1)).toEqual([204, 121, 167]);
    expect(at(3, 1)).toEqual([178, 178, 178]);
  });
});
