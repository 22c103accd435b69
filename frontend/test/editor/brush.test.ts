import { describe, expect, it } from "vitest";
import { around, brushed, type Pixel } from "../../src/editor/brush";

/** What a brush paints on a plane, as a drawing. */
function drawing(from: Pixel, to: Pixel, size: number, width: number, height: number): string[] {
  const data = new Uint8Array(width * height);
  brushed(from, to, size, { width, height }, (index) => {
    data[index] = 1;
  });
  return Array.from({ length: height }, (_, row) =>
    [...data.slice(row * width, (row + 1) * width)].map((each) => (each ? "#" : ".")).join(""),
  );
}

describe("a brush", () => {
  it("of one pixel paints the pixel it is put on", () => {
    expect(drawing({ x: 1, y: 1 }, { x: 1, y: 1 }, 1, 3, 3)).toEqual(["...", ".#.", "..."]);
  });

  it("is a disc of its size", () => {
    expect(drawing({ x: 3, y: 3 }, { x: 3, y: 3 }, 5, 7, 7)).toEqual([
      ".......",
      "..###..",
      ".#####.",
      ".#####.",
      ".#####.",
      "..###..",
      ".......",
    ]);
  });

  it("draws a line without holes, with round ends", () => {
    expect(drawing({ x: 1, y: 1 }, { x: 5, y: 3 }, 1, 7, 5)).toEqual([
      ".......",
      ".##....",
      "..###..",
      "....##.",
      ".......",
    ]);
    expect(drawing({ x: 2, y: 2 }, { x: 4, y: 2 }, 3, 7, 5)).toEqual([
      ".......",
      ".#####.",
      ".#####.",
      ".#####.",
      ".......",
    ]);
  });

  it("paints the same in both directions", () => {
    for (const [x, y] of [
      [9, 4],
      [3, 11],
      [0, 0],
    ] as const) {
      const [one, other] = [
        { x: 6, y: 5 },
        { x, y },
      ];
      expect(drawing(one, other, 4, 13, 13)).toEqual(drawing(other, one, 4, 13, 13));
    }
  });

  it("paints the pixels whose centers are within half its size, measured in other ways", () => {
    const [width, height, size] = [40, 30, 7];
    const [from, to] = [
      { x: 5, y: 20 },
      { x: 33, y: 8 },
    ];
    const nearest = (x: number, y: number) => {
      let least = Number.POSITIVE_INFINITY;
      // Along the line in tiny steps.
      for (let step = 0; step <= 2_000; step += 1) {
        const share = step / 2_000;
        const [lineX, lineY] = [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)];
        least = Math.min(least, Math.hypot(x - lineX, y - lineY));
      }
      return least;
    };
    const drawn = drawing(from, to, size, width, height);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const away = nearest(x, y);
        // Steps find no pixel that is exactly on the edge.
        if (Math.abs(away - size / 2) > 1e-4)
          expect(drawn[y]?.[x], `${x}, ${y}`).toBe(away < size / 2 ? "#" : ".");
      }
  });

  it("beyond the edge paints what reaches into the image, or nothing", () => {
    expect(drawing({ x: -1, y: 1 }, { x: -1, y: 1 }, 5, 3, 3)).toEqual(["##.", "##.", "##."]);
    const missed = { x: -9, y: -9 };
    expect(brushed(missed, missed, 3, { width: 3, height: 3 }, () => expect.fail())).toBeNull();
  });

  it("says where it has painted", () => {
    const [from, to] = [
      { x: 4, y: 4 },
      { x: 6, y: 4 },
    ];
    const rect = brushed(from, to, 3, { width: 7, height: 9 }, () => undefined);
    expect(rect).toEqual({ left: 3, top: 3, right: 7, bottom: 6 });
    expect(around(rect, { left: 0, top: 4, right: 1, bottom: 9 })).toEqual({
      left: 0,
      top: 3,
      right: 7,
      bottom: 9,
    });
  });
});
