/** Models as streams run them: from an image to what the displays read of a result. */
import type { Picture } from "./warp";

/** Numbers of each keypoint of a result: x, y, z, score, and x, y, z in the world. */
export const PACKED = 7;

/** A person. */
export interface FoundPose {
  /** Stays the same from frame to frame for the same person. */
  id: number | null;
  /** As in the second buffer of a result: x, y, z, score, and x, y, z in the world, of each. */
  keypoints: Float32Array;
  /** How certain the whole pose is, 0 to 1, of models that say so. */
  score?: number;
}

/** A number for each of the `levels` of a result. */
export interface FoundPlane {
  /** As `PlaneMessage.kind`, `value` and `meaning`. */
  kind: "labels" | "people" | "class";
  value?: number;
  meaning?: number;
  numbers: Uint8Array;
}

/** What a model found in one image. */
export interface Found {
  /** The probability of a person times 255, row by row. */
  levels: Uint8Array;
  /** Height and width of `levels`. */
  shape: [rows: number, columns: number];
  /** The part of the image that they cover: left, top, width and height in pixels. */
  region: [left: number, top: number, width: number, height: number];
  poses: FoundPose[];
  planes: FoundPlane[];
}

/** What is wanted of a model. */
export interface Wanted {
  /** How many people's poses to look for. */
  maxPoses: number;
  /** The label values of the classes whose probabilities are wanted. */
  classes: readonly number[];
}

/** A model, which processes one image after another. */
export interface Pipeline {
  /**
   * Process one image; one at a time.
   *
   * @param timestamp when it was taken, in seconds from any starting point; null for a still image,
   *   which is processed independently of earlier ones
   */
  run(picture: Picture, timestamp: number | null, wanted: Wanted): Promise<Found>;
  /** Forget all images so far: the next one starts a new video. */
  reset(): void;
  /** Free its networks. */
  dispose(): void;
}

/** What of a result can be handed over to another thread. */
export function buffersIn({ levels, poses, planes }: Found): ArrayBuffer[] {
  return [
    levels,
    ...poses.map(({ keypoints }) => keypoints),
    ...planes.map(({ numbers }) => numbers),
  ].map(({ buffer }) => buffer as ArrayBuffer);
}
