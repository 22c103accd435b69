import { describe, expect, it } from "vitest";
import { colorsAround, Decontaminator, means, smallSize } from "../../src/drawing/matting";

/** A person of reds before greens and blues, whose right edge is soft. */
function image(width: number, height: number) {
  const alpha = new Int32Array(width * height);
  const pixels = new Uint8ClampedArray(4 * alpha.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const share = Math.min(Math.max((x - 60) * 8 - 2 * y, 0), 255);
      const front = [200, 80 + (y % 50), 40];
      const behind = [20, x, 180 - y];
      const index = y * width + x;
      alpha[index] = share;
      front.forEach((color, channel) => {
        const mixed = share * color + (255 - share) * (behind[channel] as number);
        pixels[4 * index + channel] = Math.floor((mixed + 127) / 255);
      });
      pixels[4 * index + 3] = 255;
    }
  }
  return { alpha, pixels };
}

function decontaminated(width: number, height: number) {
  const { alpha, pixels } = image(width, height);
  const size = smallSize(width, height);
  const small = new Uint8Array(4 * size.width * size.height);
  const lanes = new Uint32Array(pixels.buffer);
  for (const [part, each] of [
    [0, Int32Array.from(lanes, (pixel) => pixel & 255)],
    [1, Int32Array.from(lanes, (pixel) => (pixel >>> 8) & 255)],
    [2, Int32Array.from(lanes, (pixel) => (pixel >>> 16) & 255)],
    [3, alpha],
  ] as const) {
    means(each, { width, height }, size).forEach((mean, index) => {
      small[4 * index + part] = mean;
    });
  }
  const made = pixels.slice();
  new Decontaminator().apply(made, alpha, { width, height }, colorsAround(small, size));
  return { alpha, pixels, made };
}

describe("smallSize", () => {
  it("is Python's, which rounds halves to even numbers", () => {
    expect(smallSize(640, 480)).toEqual({ width: 80, height: 60 });
    expect(smallSize(200, 120)).toEqual({ width: 100, height: 60 });
    expect(smallSize(280, 120)).toEqual({ width: 70, height: 30 });
    expect(smallSize(1280, 3)).toEqual({ width: 80, height: 1 });
    expect(smallSize(5, 4)).toEqual({ width: 5, height: 4 });
  });
});

describe("means", () => {
  it("are those of both bytes", () => {
    const lanes = Int32Array.of(1, 3, 0x00100000, 0x00200000, 5, 7, 0x00300000, 0x00400000);
    const found = means(lanes, { width: 4, height: 2 }, { width: 2, height: 1 });
    expect([...found]).toEqual([4, 0x00280000]);
  });

  it("have room for a row of a large image", () => {
    const white = new Int32Array(256 * 2).fill(0x00ff00ff);
    expect([...means(white, { width: 256, height: 2 }, { width: 1, height: 1 })]).toEqual([
      0x00ff00ff,
    ]);
  });
});

/** Place and color of soft pixels, made by `rendering.matting.foreground_colors`. */
const PYTHONS: [width: number, height: number, within: number, pixels: number[][]][] = [
  [
    200,
    120,
    2,
    [
      [61, 0, 145, 99, 83],
      [64, 15, 135, 106, 89],
      [68, 30, 140, 117, 82],
      [72, 45, 145, 130, 75],
      [106, 59, 198, 89, 41],
      [110, 74, 199, 104, 41],
      [114, 89, 199, 119, 40],
      [117, 104, 198, 84, 40],
      [121, 119, 198, 99, 40],
    ],
  ],
  // Not a multiple of the small image's: here means are of whole pixels, there of parts too.
  [
    203,
    121,
    6,
    [
      [68, 15, 188, 113, 54],
      [76, 30, 191, 122, 48],
      [84, 45, 195, 132, 44],
      [91, 60, 196, 95, 44],
      [98, 75, 196, 107, 43],
      [106, 90, 198, 120, 41],
      [114, 105, 198, 87, 41],
      [121, 120, 199, 100, 40],
    ],
  ],
];

describe("Decontaminator", () => {
  it.each(PYTHONS)("gives Python's colors in %i x %i", (width, height, within, expected) => {
    const { made } = decontaminated(width, height);
    for (const [x = 0, y = 0, ...color] of expected) {
      const start = 4 * (y * width + x);
      color.forEach((value, channel) => {
        expect(Math.abs((made[start + channel] as number) - value)).toBeLessThanOrEqual(within);
      });
    }
  });

  it("leaves all but soft pixels as they are", () => {
    const { alpha, pixels, made } = decontaminated(200, 120);
    const [before, after] = [pixels, made].map(({ buffer }) => new Uint32Array(buffer));
    const changed = alpha.filter((_, index) => before?.[index] !== after?.[index]);
    expect(changed.length).toBeGreaterThan(3000);
    expect(Math.min(...changed)).toBeGreaterThan(0);
    expect(Math.max(...changed)).toBeLessThan(255);
  });
});
