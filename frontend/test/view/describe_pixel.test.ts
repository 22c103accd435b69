import { describe, expect, it } from "vitest";
import { type Mask, WHOLE } from "../../src/source/mask";
import { describePixel } from "../../src/view/worker/describe_pixel";

const CLASSES = [
  { value: 0, name: "left_face" },
  { value: 1, name: "torso_front" },
];
const mask: Mask = {
  ...{ data: Uint8Array.of(237, 40), width: 2, height: 1, region: WHOLE },
  labels: Uint8Array.of(0, 1),
  people: Uint8Array.of(2, 1),
  meaning: null,
  classLevels: new Map([[1, Uint8Array.of(51, 0)]]),
};
const poses = [4, 2].map((id) => ({ id, keypoints: [] }));
const look = { threshold: 0.5, classes: CLASSES, heatmapOf: null };
/** At the center of the left or the right pixel. */
const said = (found: { mask: Mask; poses?: typeof poses }, u: number, changes: object = {}) =>
  describePixel({ poses, ...found }, u, 0.5, { ...look, ...changes });

describe("describePixel", () => {
  it("names the class and the person, with the probability of a person", () => {
    expect(said({ mask }, 0.25)).toBe("left face, person 2, 93 %");
  });

  it("names what the model tells apart, and no more", () => {
    expect(said({ mask: { ...mask, people: null } }, 0.25)).toBe("left face, 93 %");
    expect(said({ mask: { ...mask, labels: null } }, 0.25)).toBe("person 2, 93 %");
    const plain = { ...mask, labels: null, people: null };
    expect(said({ mask: plain }, 0.25)).toBe("p = 0.93");
  });

  it("counts people without ids", () => {
    expect(said({ mask, poses: [] }, 0.25)).toBe("left face, person 2, 93 %");
  });

  it("names nothing below the threshold", () => {
    expect(said({ mask }, 0.75)).toBe("p = 0.16");
    expect(said({ mask }, 0.25, { threshold: 0.95 })).toBe("p = 0.93");
  });

  it("is about the class whose heatmap is shown, once its probability is there", () => {
    expect(said({ mask }, 0.25, { heatmapOf: CLASSES[1] })).toBe("torso front, 20 %");
    expect(said({ mask }, 0.25, { heatmapOf: CLASSES[0] })).toBe("left face, person 2, 93 %");
  });
});
