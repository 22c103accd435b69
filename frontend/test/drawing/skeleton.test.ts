import { describe, expect, it } from "vitest";
import { jointAt, type Layout, skeleton } from "../../src/drawing/skeleton";
import type { Topology } from "../../src/generated";
import type { Keypoint, Pose } from "../../src/source/pose";

const topology: Topology = {
  names: ["nose", "left_shoulder", "right_shoulder", "left_elbow"],
  sides: ["middle", "left", "right", "left"],
  pairs: [
    [0, 1],
    [1, 2],
    [1, 3],
  ],
  in_3d: true,
};

const keypoint = (x: number, y: number, score: number, z = 0): Keypoint => ({
  x,
  y,
  z,
  score,
  world: [0, 0, 0],
});

const pose: Pose = {
  id: 1,
  keypoints: [
    keypoint(160, 40, 1),
    keypoint(200, 100, 0.9, -5),
    keypoint(120, 100, 0.6, 5),
    keypoint(240, 160, 0.3, -50),
  ],
};

/** An image of 320 x 240 pixels, shown twice as large. */
const layout: Layout = { width: 640, scale: 2, mirror: false, scoreThreshold: 0 };
const laid = (change: Partial<Layout> = {}) =>
  skeleton(pose, 0, topology, { ...layout, ...change });

describe("skeleton", () => {
  it("puts the joints where the image shows them", () => {
    expect(laid().joints.map(({ x, y }) => [x, y])).toEqual([
      [320, 80],
      [400, 200],
      [240, 200],
      [480, 320],
    ]);
  });

  it("is mirrored with the image, and left stays the person's left", () => {
    const [, shoulder] = laid({ mirror: true }).joints;
    expect(shoulder).toMatchObject({ x: 240, y: 200, side: "left" });
  });

  it("is as opaque as its joints are sure, and faint ones can still be seen", () => {
    expect(laid().joints.map(({ opacity }) => opacity)).toEqual([1, 0.9, 0.6, 0.3]);
    const unsure = { id: 1, keypoints: [keypoint(0, 0, 0)] };
    expect(skeleton(unsure, 0, topology, layout).joints[0]?.opacity).toBe(0.15);
  });

  it("leaves out joints below the threshold, and the bones that lead to them", () => {
    const { joints, bones } = laid({ scoreThreshold: 0.5 });
    expect(joints.map(({ keypoint }) => keypoint)).toEqual([0, 1, 2]);
    expect(bones.map(({ from, to }) => [from.keypoint, to.keypoint])).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(laid({ scoreThreshold: 0.6 }).joints).toHaveLength(3);
  });

  it("gives a bone the fainter of its ends' opacities", () => {
    const { bones } = laid({ scoreThreshold: 0.5 });
    expect(bones.map(({ opacity }) => opacity)).toEqual([0.6, 0.9]);
  });

  it("colors a bone by its sides, and as the middle where it joins left and right", () => {
    const side = (a: number, b: number) =>
      laid().bones.find(({ from, to }) => from.keypoint === a && to.keypoint === b)?.side;
    expect([side(0, 1), side(1, 2), side(1, 3)]).toEqual(["left", "middle", "left"]);
  });

  it("draws what is nearer to the camera later", () => {
    expect(laid().bones.at(-1)?.to.keypoint).toBe(3);
  });

  it("draws crowded joints smaller, and all of it smaller in a small image", () => {
    const crowd = { id: 1, keypoints: [keypoint(10, 10, 1), keypoint(12, 10, 1)] };
    const [close] = skeleton(crowd, 0, topology, layout).joints;
    const [apart] = laid().joints;
    const [small] = laid({ width: 320, scale: 1 }).joints;
    expect(close?.radius).toBeLessThan(apart?.radius as number);
    expect(small?.radius).toBeLessThan(apart?.radius as number);
  });
});

describe("jointAt", () => {
  const skeletons = [laid(), skeleton(pose, 1, topology, { ...layout, mirror: true })];

  it("finds the nearest joint, of whichever person", () => {
    expect(jointAt(skeletons, 478, 318, 12)).toMatchObject({ person: 0, keypoint: 3 });
    expect(jointAt(skeletons, 163, 318, 12)).toMatchObject({ person: 1, keypoint: 3 });
  });

  it("finds none beyond its reach, and none that is not drawn", () => {
    expect(jointAt(skeletons, 430, 203, 12)).toBeNull();
    expect(jointAt([laid({ scoreThreshold: 0.5 })], 480, 320, 12)).toBeNull();
    expect(jointAt([], 0, 0, 12)).toBeNull();
  });
});
