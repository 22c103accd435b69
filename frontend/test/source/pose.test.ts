import { describe, expect, it } from "vitest";
import { readPoses } from "../../src/source/pose";

/** `count` poses of two keypoints each; the fields count up, at an odd place in memory. */
function buffer(count: number): DataView {
  const size = count * 2 * 7 * 4;
  const view = new DataView(new ArrayBuffer(size + 3), 3, size);
  for (let at = 0; at < size; at += 4) view.setFloat32(at, at / 4, true);
  return view;
}

describe("readPoses", () => {
  it("reads x, y, z, score and the place in meters of each keypoint", () => {
    const [pose] = readPoses([{ id: 3 }], buffer(1));
    expect(pose?.id).toBe(3);
    expect(pose?.keypoints).toEqual([
      { x: 0, y: 1, z: 2, score: 3, world: [4, 5, 6] },
      { x: 7, y: 8, z: 9, score: 10, world: [11, 12, 13] },
    ]);
  });

  it("keeps people apart", () => {
    const poses = readPoses([{ id: 1 }, { id: null }], buffer(2));
    expect(poses.map(({ id }) => id)).toEqual([1, null]);
    expect(poses[1]?.keypoints[0]?.x).toBe(14);
  });

  it("gives no poses where no one was found", () => {
    expect(readPoses([], buffer(0))).toEqual([]);
  });
});
