/** Reads the results of a frame. */

import { unzlibSync } from "fflate";
import type { ResultFields } from "../../generated";
import { inShares, type Mask } from "../mask";
import { type Pose, readPoses } from "../pose";

/**
 * @param bitmap an image of the frame's size
 * @throws if the mask cannot be unpacked to its shape
 */
export function readResult(
  { shape: [rows, columns], region: [left, top, width, height], poses }: ResultFields,
  packed: DataView,
  keypoints: DataView,
  bitmap: { width: number; height: number },
): { mask: Mask; poses: Pose[] } {
  const region = inShares({ left, top, width, height }, bitmap.width, bitmap.height);
  const data = unpack(packed, rows * columns);
  return {
    mask: { data, width: columns, height: rows, region },
    poses: readPoses(poses, keypoints),
  };
}

function unpack({ buffer, byteOffset, byteLength }: DataView, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const { length } = unzlibSync(new Uint8Array(buffer, byteOffset, byteLength), { out });
  if (length !== size) throw new Error(`a mask of ${length} bytes in place of ${size}`);
  return out;
}
