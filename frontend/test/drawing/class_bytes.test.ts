import { describe, expect, it } from "vitest";
import { coverClasses, keepOthers } from "../../src/drawing/class_bytes";
import type { ShownClass } from "../../src/drawing/effect";

const shown = (value: number): ShownClass => ({ value, color: [10 * value, 20, 30] });

/** Where everyone is surely a person, of the labels in these rows. */
function labelled(rows: string[]) {
  const labels = Uint8Array.from(rows.join(""), Number);
  const levels = new Uint8Array(labels.length).fill(255);
  return { labels, levels, width: rows[0]?.length ?? 0 };
}

function kept(rows: string[], values: number[], threshold = 0.5, level = 255): string[] {
  const given = labelled(rows);
  given.levels.fill(level);
  const alpha = new Int32Array(given.labels.length);
  keepOthers(given, threshold, values.map(shown), alpha);
  const { width } = given;
  return rows.map((_, y) =>
    [...alpha.subarray(y * width, (y + 1) * width)].map((each) => (each ? "#" : ".")).join(""),
  );
}

describe("what is kept where classes are blurred", () => {
  it("is everything but them, and their outline inside of the image", () => {
    const rows = ["11110", "11110", "11110", "00000"];
    expect(kept(rows, [1])).toEqual(["...##", "...##", "#####", "#####"]);
  });

  it("is nothing between two of them", () => {
    expect(kept(["1122", "1122"], [1, 2])).toEqual(["....", "...."]);
    expect(kept(["1122", "1122"], [1])).toEqual([".###", ".###"]);
  });

  it("is everything of which it is not sure, and everything if nothing is chosen", () => {
    expect(kept(["11", "11"], [1], 0.5, 127)).toEqual(["##", "##"]);
    expect(kept(["11", "11"], [])).toEqual(["##", "##"]);
  });
});

describe("the colored mask", () => {
  it("has the color of each chosen class, and one for all else", () => {
    const given = labelled(["1203"]);
    given.levels[3] = 127;
    const to = { odd: new Int32Array(4), even: new Int32Array(4) };
    coverClasses(given, 0.5, [shown(1), shown(3)], [1, 2, 3], to);
    const red = [...to.odd].map((each) => each & 255);
    const alpha = [...to.even].map((each) => each >> 16);
    expect(red).toEqual([10, 1, 1, 1]);
    expect(alpha).toEqual([255, 255, 255, 255]);
    coverClasses(given, 0.5, [shown(1)], null, to);
    expect([...to.even].map((each) => each >> 16)).toEqual([255, 0, 0, 0]);
  });
});
