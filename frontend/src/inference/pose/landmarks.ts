/**
 * The second step: from one person's ROI to landmarks in the image and in 3D.
 * As `pose/blazepose/landmarks.py`.
 */
import { KEYPOINT_NAMES } from "../../generated";
import { type Network, sizeOf } from "../network";
import { sigmoid } from "../sigmoid";
import { type Picture, SHARES, warp } from "../warp";
import { placementOf } from "./crop";
import { type Point, type Roi, turned } from "./roi";

const INPUT_SIZE = 256;
const LANDMARKS = 39;
/** Of each landmark: x, y, z, logits of visibility and presence. */
const VALUES = 5;
/** How many landmarks are the body's. */
export const BODY = KEYPOINT_NAMES.length;
/** Numbers of each landmark: x, y, z and visibility. */
export const FIELDS = 4;
const MIN_PRESENCE = 0.5;
/** Cells around a landmark's in each direction. */
const REACH = 3;
const HEATMAP_SIDE = 64;
const MIN_HEATMAP_CONFIDENCE = 0.5;

/** The network's output for one person. */
export interface Landmarks {
  /** 33 x 4: x, y, z in pixels of the image, and visibility, 0 to 1. */
  readonly body: Float64Array;
  /** 33 x 4: x, y, z in meters from the midpoint of the hips, and visibility. */
  readonly world: Float64Array;
  /** The two points that determine the next ROI, pixels: the midpoint of the hips, and one on the circle. */
  readonly auxiliary: readonly [Point, Point];
  /** 256 x 256: the person's mask in the ROI. */
  readonly maskLogits: Float32Array;
}

/** Finds one person's landmarks with one of the three landmark networks. */
export class LandmarkFinder {
  private readonly input: Float32Array;

  constructor(private readonly network: Network) {
    this.input = new Float32Array(sizeOf(network.input));
  }

  /** null if the network sees no person in the ROI, or returns numbers that are not finite. */
  async find(picture: Picture, roi: Roi): Promise<Landmarks | null> {
    warp(
      picture,
      placementOf(roi, INPUT_SIZE),
      { width: INPUT_SIZE, height: INPUT_SIZE },
      { border: "replicate", values: SHARES },
      this.input,
    );
    return read(await this.network.run(this.input), roi);
  }
}

/** Read the landmark network's outputs. */
function read(outputs: Float32Array[], roi: Roi): Landmarks | null {
  const [raw, presence, maskLogits, heatmap, world] = outputs;
  if (!(raw && presence && maskLogits && heatmap && world))
    throw new Error("the landmark network returned too little");
  if (!((presence[0] ?? 0) >= MIN_PRESENCE && outputs.every(areFinite))) return null;
  const placed = projectLandmarks(refineFromHeatmap(decodeLandmarks(raw), heatmap), roi);
  const body = placed.slice(0, BODY * FIELDS);
  const point = (index: number): Point => [
    placed[index * FIELDS] ?? Number.NaN,
    placed[index * FIELDS + 1] ?? Number.NaN,
  ];
  return {
    body,
    world: decodeWorldLandmarks(world, body, roi),
    auxiliary: [point(BODY), point(BODY + 1)],
    maskLogits,
  };
}

function areFinite(values: Float32Array): boolean {
  // A product with 0 is NaN where a number is not finite: one look at the sum, not at each. With
  // an iterator, this took twelve times as long.
  let sum = 0;
  let index = values.length;
  while (index > 0) {
    index -= 1;
    sum += values[index]! * 0;
  }
  return sum === 0;
}

/**
 * Decode the network's landmarks.
 *
 * @param raw 39 x 5: x, y, z in input pixels, logits of visibility and presence
 * @return 39 x 4: x, y relative to the ROI, z on the same scale, visibility 0 to 1
 */
export function decodeLandmarks(raw: Float32Array): Float64Array {
  const decoded = new Float64Array(LANDMARKS * FIELDS);
  for (let index = 0; index < LANDMARKS; index += 1) {
    const [from, to] = [index * VALUES, index * FIELDS];
    for (let axis = 0; axis < 3; axis += 1) decoded[to + axis] = raw[from + axis]! / INPUT_SIZE;
    decoded[to + 3] = sigmoid(raw[from + 3]!);
  }
  return decoded;
}

/**
 * Move each landmark to the weighted center of the heatmap around it. A landmark outside the ROI, or
 * with a heatmap below 0.5 in all 7 x 7 cells around it, does not move.
 *
 * @param landmarks 39 x 4: x, y relative to the ROI; z and visibility do not change
 * @param logits 64 x 64 x 39: a heatmap for each landmark
 */
export function refineFromHeatmap(landmarks: Float64Array, logits: Float32Array): Float64Array {
  const refined = landmarks.slice();
  for (let index = 0; index < LANDMARKS; index += 1) {
    const at = index * FIELDS;
    const column = Math.trunc(landmarks[at]! * HEATMAP_SIDE);
    const row = Math.trunc(landmarks[at + 1]! * HEATMAP_SIDE);
    if (column < 0 || row < 0 || column >= HEATMAP_SIDE || row >= HEATMAP_SIDE) continue;
    const center = centerAround(column, row, logits, index);
    if (center) [refined[at], refined[at + 1]] = center;
  }
  return refined;
}

/** The weighted center of one landmark's heatmap around a cell; null if all of it is below 0.5. */
function centerAround(
  column: number,
  row: number,
  logits: Float32Array,
  landmark: number,
): Point | null {
  let [total, sumX, sumY, highest] = [0, 0, 0, 0];
  const [firstRow, lastRow] = around(row);
  const [firstColumn, lastColumn] = around(column);
  for (let y = firstRow; y <= lastRow; y += 1) {
    for (let x = firstColumn; x <= lastColumn; x += 1) {
      const weight = sigmoid(logits[(y * HEATMAP_SIDE + x) * LANDMARKS + landmark]!);
      total += weight;
      sumX += weight * x;
      sumY += weight * y;
      highest = Math.max(highest, weight);
    }
  }
  if (highest < MIN_HEATMAP_CONFIDENCE) return null;
  return [sumX / total / HEATMAP_SIDE, sumY / total / HEATMAP_SIDE];
}

function around(cell: number): [first: number, last: number] {
  return [Math.max(0, cell - REACH), Math.min(HEATMAP_SIDE - 1, cell + REACH)];
}

/**
 * Project landmarks from the ROI into the image.
 *
 * @param landmarks n x 4: x, y relative to the ROI, z on the same scale, visibility
 * @return n x 4: x, y, z in pixels of the image; visibility unchanged
 */
export function projectLandmarks(landmarks: Float64Array, roi: Roi): Float64Array {
  const placed = landmarks.slice();
  for (let at = 0; at < placed.length; at += FIELDS) {
    const x = (landmarks[at]! - 0.5) * roi.width;
    const y = (landmarks[at + 1]! - 0.5) * roi.height;
    const [turnedX, turnedY] = turned([x, y], roi.rotation);
    placed[at] = turnedX + roi.xCenter;
    placed[at + 1] = turnedY + roi.yCenter;
    placed[at + 2] = landmarks[at + 2]! * roi.width;
  }
  return placed;
}

/**
 * Decode the world landmarks, and rotate them to match the person's orientation in the image.
 *
 * @param raw 39 x 3: x, y, z in meters, for an upright person
 * @param body whose visibility they take
 * @return 33 x 4
 */
export function decodeWorldLandmarks(
  raw: Float32Array,
  body: Float64Array,
  { rotation }: Roi,
): Float64Array {
  const world = body.slice();
  for (let index = 0; index < BODY; index += 1) {
    const [from, to] = [index * 3, index * FIELDS];
    const [x, y] = turned([raw[from]!, raw[from + 1]!], rotation);
    world[to] = x;
    world[to + 1] = y;
    world[to + 2] = raw[from + 2]!;
  }
  return world;
}
