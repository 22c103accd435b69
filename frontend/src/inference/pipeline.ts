/** Models as streams run them: from an image to what the displays read of a result. */
import type { Picture } from "./warp";

/** A person. */
export interface FoundPose {
  /** Stays the same from frame to frame for the same person. */
  id: number | null;
  /** As in the second buffer of a result: x, y, z, score, and x, y, z in the world, of each. */
  keypoints: Float32Array;
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
}

/** A model, which processes one image after another. */
export interface Pipeline {
  /**
   * Process one image; one at a time.
   *
   * @param timestamp when it was taken, in seconds from any starting point; null for a still image,
   *   which is processed independently of earlier ones
   * @param maxPoses how many people's poses to look for
   */
  run(picture: Picture, timestamp: number | null, maxPoses: number): Promise<Found>;
  /** Forget all images so far: the next one starts a new video. */
  reset(): void;
  /** Free its networks. */
  dispose(): void;
}
