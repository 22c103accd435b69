/** Results of the page: as displays use them, and as the kernel gets them. */
import { zlibSync } from "fflate";
import type { PlaneMessage, PoseMessage, ResultFields } from "../../generated";
import type { Found, FoundPlane, FoundPose } from "../../inference/pipeline";
import { inShares, planesOf } from "../mask";
import { readPoses } from "../pose";
import type { ReadResult } from "./result";

/** @param size of the frame's image, pixels */
export function readFound(found: Found, size: { width: number; height: number }): ReadResult {
  const { levels, shape, region, poses, planes } = found;
  const [left, top, width, height] = region;
  const [rows, columns] = shape;
  const covered = inShares({ left, top, width, height }, size.width, size.height);
  const others = planesOf(
    planes.map(planeMessage),
    planes.map(({ numbers }) => numbers),
  );
  return {
    mask: { data: levels, width: columns, height: rows, region: covered, ...others },
    poses: readPoses(poses, new DataView(keypointsOf(found))),
  };
}

/** What the kernel is told of a result, without its timings. */
export function fieldsOf({ shape, region, poses, planes }: Found): Omit<ResultFields, "timings"> {
  return { shape, region, poses: poses.map(poseMessage), planes: planes.map(planeMessage) };
}

/** The buffers of a result: the packed mask, the keypoints of all poses, and the packed planes. */
export function buffersOf(found: Found): ArrayBuffer[] {
  const planes = found.planes.map(({ numbers }) => packed(numbers));
  return [packed(found.levels), keypointsOf(found), ...planes];
}

function packed(numbers: Uint8Array): ArrayBuffer {
  // Masks have large areas of a single value: more effort makes them hardly smaller.
  return zlibSync(numbers, { level: 1 }).slice().buffer;
}

function poseMessage({ id, score }: FoundPose): PoseMessage {
  return score === undefined ? { id } : { id, score };
}

function planeMessage({ kind, value, meaning }: FoundPlane): PlaneMessage {
  const said: PlaneMessage = { kind };
  if (value !== undefined) said.value = value;
  if (meaning !== undefined) said.meaning = meaning;
  return said;
}

function keypointsOf({ poses }: Found): ArrayBuffer {
  const numbers = new Float32Array(poses.flatMap(({ keypoints }) => [...keypoints]));
  return numbers.buffer;
}
