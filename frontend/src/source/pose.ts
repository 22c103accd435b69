/** People's poses, as the kernel sends them. */
import type { PoseMessage } from "../generated";

export interface Keypoint {
  /** In pixels of the frame; z on the same scale, 0 at the hips, negative toward the camera. */
  x: number;
  y: number;
  z: number;
  /** 0 to 1 */
  score: number;
  /** In meters from the middle of the hips. */
  world: [x: number, y: number, z: number];
}

export interface Pose {
  id: number | null;
  keypoints: Keypoint[];
}

/** Numbers per keypoint: x, y, z, score, and x, y, z in meters. */
const FIELDS = 7;

/** Read the poses of a result from its message and its second buffer. */
export function readPoses(said: PoseMessage[], buffer: DataView): Pose[] {
  const perPose = buffer.byteLength / said.length;
  const perKeypoint = FIELDS * Float32Array.BYTES_PER_ELEMENT;
  return said.map(({ id }, person) => ({
    id,
    keypoints: Array.from({ length: perPose / perKeypoint }, (_, index) => {
      const start = person * perPose + index * perKeypoint;
      const field = (at: number) => buffer.getFloat32(start + at * 4, true);
      return {
        x: field(0),
        y: field(1),
        z: field(2),
        score: field(3),
        world: [field(4), field(5), field(6)],
      };
    }),
  }));
}
