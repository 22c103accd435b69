import { describe, expect, it } from "vitest";
import {
  frameLabel,
  isOffered,
  sentence,
  strength,
  triangle,
} from "../../src/compare/agreement_table";
import { classRows } from "../../src/compare/class_agreement";
import type { Agreement } from "../../src/generated";

const agreement = (changes: Partial<Agreement> = {}): Agreement => ({
  names: ["landscape", "general", "BlazePose"],
  started: true,
  pairs: [
    [0, 1, 0.884, 0.02, 7],
    [0, 2, 0.8744, 0.031, 7],
    [1, 2, 0.89, 0.0449, 7],
  ],
  classes: [],
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

describe("classes", () => {
  const some = agreement({
    classes: [
      [0, 1, 0.75, { left_hand: 0.5, torso_front: 1 }],
      [1, 2, 0.25, { torso_front: 0.125, left_feet: 0 }],
    ],
  });

  it("can be chosen where two panels tell the same classes apart", () => {
    expect(isOffered(some, "classes")).toBe(true);
    expect(isOffered(agreement(), "classes")).toBe(false);
    expect(isOffered(agreement(), "iou") && isOffered(agreement(), "difference")).toBe(true);
  });

  it("have one number for each pair, and a dash where there are no common classes", () => {
    const texts = triangle(some, "classes").map((row) => row.map(({ text }) => text));
    expect(texts).toEqual([["0.750", "–"], ["0.250"]]);
    expect(sentence(some, "classes")).toBe("");
    expect(sentence(agreement(), "classes")).toBe("No two panels tell the same classes apart.");
  });

  it("have a row each, and of each pair the number of those that it shows", () => {
    expect(classRows(some)).toEqual({
      pairs: ["landscape – general", "general – BlazePose"],
      rows: [
        { label: "left hand", values: [0.5, null] },
        { label: "torso front", values: [1, 0.125] },
        { label: "left feet", values: [null, 0] },
      ],
    });
    expect(classRows(agreement())).toEqual({ pairs: [], rows: [] });
  });
});

describe("strength", () => {
  it.each(["iou", "difference", "classes"] as const)(
    "grows with the %s, from 0 to 1",
    (measure) => {
      const values = [0, 0.1, 0.5, 0.9, 1].map((value) => strength(measure, value));
      expect(values).toEqual([...values].sort((one, other) => one - other));
      expect([values[0], values.at(-1)]).toEqual([0, 1]);
    },
  );

  it("tells values apart where most of them are", () => {
    expect(strength("iou", 0.95) - strength("iou", 0.85)).toBeGreaterThan(0.2);
    expect(strength("difference", 0.06) - strength("difference", 0.01)).toBeGreaterThan(0.1);
  });
});

describe("sentence", () => {
  it("says nothing where there are numbers", () => {
    expect(sentence(agreement(), "iou")).toBe("");
  });

  it("says what to do where no frame was finished by two panels", () => {
    expect(sentence(agreement({ pairs: [] }), "iou")).toBe(
      'No common frame yet. Turn on "Same frame".',
    );
  });

  it("says what it waits for before the source is running", () => {
    expect(sentence(agreement({ pairs: [], started: false }), "iou")).toContain(
      "once the source is",
    );
  });

  it("says that one panel cannot be compared", () => {
    expect(sentence(agreement({ names: ["general"], pairs: [] }), "iou")).toContain("two panels");
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
