/** Results of the page: as displays use them, and as the kernel gets them. */
import { zlibSync } from "fflate";
import type { ResultFields } from "../../generated";
import type { Found } from "../../inference/pipeline";
import { inShares, NO_PLANES } from "../mask";
import { readPoses } from "../pose";
import type { ReadResult } from "./result";

/** @param size of the frame's image, pixels */
export function readFound(found: Found, size: { width: number; height: number }): ReadResult {
  const { levels, shape, region, poses } = found;
  const [left, top, width, height] = region;
  const [rows, columns] = shape;
  const covered = inShares({ left, top, width, height }, size.width, size.height);
  return {
    mask: { data: levels, width: columns, height: rows, region: covered, ...NO_PLANES },
    poses: readPoses(poses, new DataView(keypointsOf(found))),
  };
}

/** What the kernel is told of a result, without its timings. */
export function fieldsOf({ shape, region, poses }: Found): Omit<ResultFields, "timings"> {
  return { shape, region, poses: poses.map(({ id }) => ({ id })), planes: [] };
}

/** The buffers of a result: the packed mask, and the keypoints of all poses. */
export function buffersOf(found: Found): ArrayBuffer[] {
  // Masks have large areas of a single value: more effort makes them hardly smaller.
  const packed = zlibSync(found.levels, { level: 1 });
  return [packed.slice().buffer, keypointsOf(found)];
}

function keypointsOf({ poses }: Found): ArrayBuffer {
  const numbers = new Float32Array(poses.flatMap(({ keypoints }) => [...keypoints]));
  return numbers.buffer;
}
