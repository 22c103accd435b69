import { describe, expect, it } from "vitest";
import { frameLabel, sentence, strength, triangle } from "../../src/compare/agreement_table";
import type { Agreement } from "../../src/generated";

const agreement = (changes: Partial<Agreement> = {}): Agreement => ({
  names: ["landscape", "general", "BlazePose"],
  started: true,
  pairs: [
    [0, 1, 0.884, 0.02, 7],
    [0, 2, 0.8744, 0.031, 7],
    [1, 2, 0.89, 0.0449, 7],
  ],
  ...changes,
});

describe("triangle", () => {
  it("has each pair once, in the row of the first and the column of the second", () => {
    const texts = (measure: "iou" | "difference") =>
      triangle(agreement(), measure).map((row) => row.map(({ text }) => text));
    expect(texts("iou")).toEqual([["0.884", "0.874"], ["0.890"]]);
    expect(texts("difference")).toEqual([["0.020", "0.031"], ["0.045"]]);
  });

  it("has a dash where a pair has finished no frame in common", () => {
    const [first, second] = triangle(agreement({ pairs: [[0, 2, 1, 0, 9]] }), "iou");
    expect(first).toMatchObject([
      { text: "–", frame: null },
      { text: "1.000", frame: 9 },
    ]);
    expect(second).toMatchObject([{ text: "–", strength: 0 }]);
  });

  it("has no rows for one panel or none", () => {
    expect(triangle(agreement({ names: ["general"], pairs: [] }), "iou")).toEqual([]);
    expect(triangle(agreement({ names: [], pairs: [] }), "iou")).toEqual([]);
  });
});

describe("strength", () => {
  it.each(["iou", "difference"] as const)("grows with the %s, from 0 to 1", (measure) => {
    const values = [0, 0.1, 0.5, 0.9, 1].map((value) => strength(measure, value));
    expect(values).toEqual([...values].sort((one, other) => one - other));
    expect([values[0], values.at(-1)]).toEqual([0, 1]);
  });

  it("tells values apart where most of them are", () => {
    expect(strength("iou", 0.95) - strength("iou", 0.85)).toBeGreaterThan(0.2);
    expect(strength("difference", 0.06) - strength("difference", 0.01)).toBeGreaterThan(0.1);
  });
});

describe("sentence", () => {
  it("says nothing where there are numbers", () => {
    expect(sentence(agreement())).toBe("");
  });

  it("says what to do where no frame was finished by two panels", () => {
    expect(sentence(agreement({ pairs: [] }))).toBe('No common frame yet. Turn on "Same frame".');
  });

  it("says what it waits for before the source is running", () => {
    expect(sentence(agreement({ pairs: [], started: false }))).toContain("once the source is");
  });

  it("says that one panel cannot be compared", () => {
    expect(sentence(agreement({ names: ["general"], pairs: [] }))).toContain("two panels");
  });
});

describe("frameLabel", () => {
  it("names the frame that all numbers are of", () => {
    expect(frameLabel(agreement())).toBe("frame 7");
  });

  it("names none where they are of different ones", () => {
    const pairs: Agreement["pairs"] = [
      [0, 1, 1, 0, 7],
      [1, 2, 1, 0, 8],
    ];
    expect(frameLabel(agreement({ pairs }))).toBe("");
  });
});
