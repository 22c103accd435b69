import { describe, expect, test } from "vitest";
import { inOrder, placesOf, seen } from "../../src/record/turntable";
import type { Keypoint, Pose } from "../../src/source/pose";

function pose(id: number, x: number, world: Keypoint["world"]): Pose {
  return { id, keypoints: [{ x, y: 0, z: 0, score: 1, world }] };
}

describe("poses that can be turned", () => {
  test("stand upright, one meter apart, toward the viewer", () => {
    const poses = [pose(1, 0, [0.1, -0.5, -0.2]), pose(2, 9, [0, 0, 0])];
    expect(placesOf(poses, false)).toEqual([[[-0.4, 0.5, 0.2]], [[0.5, -0, -0]]]);
    expect(placesOf(poses, true)[0]).toEqual([[-0.6, 0.5, 0.2]]);
  });

  test("stand as the image shows people", () => {
    const poses = [pose(1, 300, [0, 0, 0]), pose(2, 20, [0, 0, 0])];
    const order = (mirror: boolean) => inOrder(poses, mirror).map(({ id }) => id);
    expect(order(false)).toEqual([2, 1]);
    expect(order(true)).toEqual([1, 2]);
  });

  test("are seen from the side after a quarter turn, and from above if tilted", () => {
    const round = (place: readonly number[]) =>
      place.map((each) => Math.round(each * 100) / 100 + 0);
    expect(round(seen([0.3, 0.2, 0.1], { turn: 0, tilt: 0 }))).toEqual([0.3, 0.2, 0.1]);
    expect(round(seen([0.3, 0.2, 0.1], { turn: Math.PI / 2, tilt: 0 }))).toEqual([0.1, 0.2, -0.3]);
    expect(round(seen([0.3, 0.2, 0.1], { turn: 0, tilt: Math.PI / 2 }))).toEqual([0.3, -0.1, 0.2]);
  });
});
