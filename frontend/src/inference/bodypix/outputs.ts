/** What BodyPix's networks return. */
import type { Shape } from "../network";
import type { Layout } from "./layout";

/**
 * Of one image, float32, each with all channels of a cell after one another, row by row: see
 * `segmentation/bodypix/network.py`.
 */
export interface Outputs {
  readonly segments: Float32Array;
  readonly parts: Float32Array;
  readonly heatmaps: Float32Array;
  readonly offsets: Float32Array;
  readonly longOffsets: Float32Array;
  readonly forward: Float32Array;
  readonly backward: Float32Array;
}

/** How many body parts and keypoints there are, and edges of the tree of keypoints. */
export const PARTS = 24;
export const KEYPOINTS = 17;
export const EDGES = 16;

/** Of each output, in their order. */
export const CHANNELS = [1, PARTS, KEYPOINTS, 34, 34, 32, 32];

/** @throws if the network has others */
export function checkOutputs(outputs: readonly Shape[], rows: number, columns: number): void {
  const expected = CHANNELS.map((channels) => `1 x ${rows} x ${columns} x ${channels}`);
  const found = outputs.map((shape) => shape.join(" x "));
  if (found.join() !== expected.join())
    throw new Error(
      `the file has no network of BodyPix: it makes ${found.join(", ") || "nothing"}`,
    );
}

/** Name what a network has returned for an image. */
export function outputsOf(returned: readonly Float32Array[], { rows, columns }: Layout): Outputs {
  const cells = rows.output * columns.output;
  CHANNELS.forEach((channels, index) => {
    if (returned[index]?.length !== cells * channels)
      throw new Error("the network returned something of another size");
  });
  const [segments, parts, heatmaps, offsets, longOffsets, forward, backward] = returned as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { segments, parts, heatmaps, offsets, longOffsets, forward, backward };
}
