import { describe, expect, it } from "vitest";
import type { Topology } from "../../src/generated";
import type { Pose } from "../../src/source/pose";
import { spoken } from "../../src/view/hover_readout";
import { describeJoint } from "../../src/view/worker/describe_joint";

const topology: Topology = {
  names: ["left_wrist"],
  sides: ["left"],
  pairs: [],
  in_3d: true,
};
const pose = (id: number | null): Pose => ({
  id,
  keypoints: [{ x: 0, y: 0, z: 0, score: 0.984, world: [-0.321, -0.001, -0.214] }],
});
const WRIST = { person: 0, keypoint: 0 };

describe("describeJoint", () => {
  it("names the joint in words, with its score and its place in meters", () => {
    expect(describeJoint([pose(1)], WRIST, topology)).toBe(
      "left wrist · score 0.98\nx −0.32 y 0.00 z −0.21 m",
    );
  });

  it("says no place in meters where the model finds none", () => {
    const flat: Pose = {
      id: null,
      keypoints: [{ x: 0, y: 0, z: 0, score: 0.984, world: [Number.NaN, Number.NaN, Number.NaN] }],
    };
    expect(describeJoint([flat], WRIST, { ...topology, in_3d: false })).toBe(
      "left wrist · score 0.98",
    );
  });

  it("says whose it is where there are several people", () => {
    const people = [pose(1), pose(4)];
    expect(describeJoint(people, { ...WRIST, person: 1 }, topology)).toMatch(/^person 4 · left/);
  });
});

describe("spoken", () => {
  it("says what was found as a sentence, and where", () => {
    expect(spoken("p = 0.25", { x: 0.51, y: 0.4 })).toBe(
      "p = 0.25, at 51 percent from the left, 40 percent from the top",
    );
    expect(spoken("p = 0.25", { x: 0.51, y: 0.4 }, 212)).toMatch(/^frame 212, p = 0\.25, at 51/);
    const joint = describeJoint([pose(1)], WRIST, topology);
    expect(spoken(joint, { x: 0, y: 1 })).toMatch(
      /^left wrist, score 0\.98, x −0\.32 y 0\.00 z −0\.21 m, at 0 percent/,
    );
  });
});
