/** Reads the results of a frame. */

import type { ResultFields } from "../../generated";
import { inShares, type Mask } from "../mask";
import { type Pose, readPoses } from "../pose";

/** @param bitmap an image of the frame's size */
export function readResult(
  { shape, region: [left, top, width, height], poses }: ResultFields,
  probability: DataView,
  keypoints: DataView,
  bitmap: { width: number; height: number },
): { mask: Mask; poses: Pose[] } {
  const { buffer, byteOffset, byteLength } = probability;
  const region = inShares({ left, top, width, height }, bitmap.width, bitmap.height);
  const data = new Uint8Array(buffer, byteOffset, byteLength);
  return {
    mask: { data, width: shape[1], height: shape[0], region },
    poses: readPoses(poses, keypoints),
  };
}
