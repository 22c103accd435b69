/** Reads the results of a frame. */

import { unzlibSync } from "fflate";
import type { ResultFields } from "../../generated";
import { inShares, type Mask, planesOf } from "../mask";
import { type Pose, readPoses } from "../pose";

/** The mask, the keypoints, and the planes. */
export type ResultBuffers = [mask: DataView, keypoints: DataView, ...planes: DataView[]];

/** The buffers of a result, and those after them; null if some are missing. */
export function resultBuffers(
  { planes }: Pick<ResultFields, "planes">,
  buffers: DataView[],
): { own: ResultBuffers; rest: DataView[] } | null {
  const count = 2 + planes.length;
  const [mask, keypoints, ...others] = buffers.slice(0, count);
  if (!mask || !keypoints || buffers.length < count) return null;
  return { own: [mask, keypoints, ...others], rest: buffers.slice(count) };
}

/** A result, as displays use it. */
export interface ReadResult {
  mask: Mask;
  poses: Pose[];
}

/**
 * @param bitmap an image of the frame's size
 * @throws if the mask or a plane cannot be unpacked to its shape
 */
export function readResult(
  { shape: [rows, columns], region: [left, top, width, height], poses, planes }: ResultFields,
  [packed, keypoints, ...packedPlanes]: ResultBuffers,
  bitmap: { width: number; height: number },
): ReadResult {
  const region = inShares({ left, top, width, height }, bitmap.width, bitmap.height);
  const size = rows * columns;
  const data = unpack(packed, size);
  const others = planesOf(
    planes,
    packedPlanes.map((plane) => unpack(plane, size)),
  );
  return {
    mask: { data, width: columns, height: rows, region, ...others },
    poses: readPoses(poses, keypoints),
  };
}

function unpack({ buffer, byteOffset, byteLength }: DataView, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const { length } = unzlibSync(new Uint8Array(buffer, byteOffset, byteLength), { out });
  if (length !== size) throw new Error(`a mask of ${length} bytes in place of ${size}`);
  return out;
}
