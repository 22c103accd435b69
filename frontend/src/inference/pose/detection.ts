/**
 * The first step: find where people are in the image, and how they are oriented.
 * As `pose/blazepose/detection.py`.
 */
import { type Network, sizeOf } from "../network";
import { type Picture, valueTable, warp } from "../warp";
import { placementOf } from "./crop";
import { type Point, type Roi, roiFromAlignmentPoints, squareAround } from "./roi";

const INPUT_SIZE = 224;
/** Stride in input pixels, and anchors per position. The last three layers share one stride. */
const ANCHOR_LAYERS = [
  [8, 2],
  [16, 2],
  [32, 6],
] as const;
const MIN_SCORE = 0.5;
/** Detections that overlap more than this belong to one person. */
const MIN_OVERLAP = 0.3;
const MAX_LOGIT = 100;
/** Of the box, then x and y of four keypoints. */
const BOX_VALUES = 4;
const KEYPOINTS = 4;
const VALUES = BOX_VALUES + 2 * KEYPOINTS;

/** Values of -1 to 1. */
const SIGNED = valueTable((value) => Math.fround(value * Math.fround(1 / 127.5)) - 1);

/** The values of a box: left, top, right, bottom. */
export type Box = readonly [number, number, number, number];

/** A rough detection of one person. */
export interface Detection {
  /** 0 to 1 */
  readonly score: number;
  /** The face's. */
  readonly box: Box;
  /**
   * The midpoint of the hips and a point on the circle around the whole body, then the midpoint of
   * the shoulders and a point on the circle around the upper body.
   */
  readonly keypoints: readonly Point[];
}

/** The centers of the anchors that outputs are relative to, as shares of the input's side. */
export function ssdAnchors(): Point[] {
  return ANCHOR_LAYERS.flatMap(([stride, anchorsEach]) => {
    const cells = Math.floor(INPUT_SIZE / stride);
    const middle = (index: number) => Math.fround((index + 0.5) / cells);
    return Array.from({ length: cells * cells * anchorsEach }, (_, index): Point => {
      const cell = Math.floor(index / anchorsEach);
      return [middle(cell % cells), middle(Math.floor(cell / cells))];
    });
  });
}

const ANCHORS = ssdAnchors();

/**
 * Read the detector's outputs.
 *
 * @param rawBoxes 12 numbers of each anchor: center, width and height of the box, then x and y of
 *   the keypoints, in input pixels relative to the anchor
 * @param rawScores logits
 * @return detections with a score of at least 0.5, the best first; coordinates are shares of the
 *   network's input
 */
export function decodeDetections(rawBoxes: Float32Array, rawScores: Float32Array): Detection[] {
  const found: Detection[] = [];
  ANCHORS.forEach((anchor, index) => {
    const logit = Math.min(Math.max(rawScores[index] ?? 0, -MAX_LOGIT), MAX_LOGIT);
    const score = 1 / (1 + Math.exp(-logit));
    const values = rawBoxes.subarray(VALUES * index, VALUES * (index + 1));
    if (score >= MIN_SCORE && values.every(Number.isFinite))
      found.push({ score, ...placed(values, anchor) });
  });
  return found.sort((one, other) => other.score - one.score);
}

function placed(raw: Float32Array, [x, y]: Point): { box: Box; keypoints: Point[] } {
  const values = Array.from(raw, (value) => value / INPUT_SIZE);
  const [dx = 0, dy = 0, width = 0, height = 0, ...places] = values;
  const [middleX, middleY] = [dx + x, dy + y];
  const [halfWidth, halfHeight] = [width / 2, height / 2];
  return {
    box: [middleX - halfWidth, middleY - halfHeight, middleX + halfWidth, middleY + halfHeight],
    keypoints: Array.from({ length: KEYPOINTS }, (_, index): Point => {
      const [pointX = 0, pointY = 0] = places.slice(2 * index);
      return [pointX + x, pointY + y];
    }),
  };
}

/**
 * Merge detections of the same person: weighted non-maximum suppression.
 *
 * @param detections the best first
 * @return one per person, the best first. The position is the mean of the merged detections,
 *   weighted by their scores; the score is the best one's.
 */
export function mergeOverlapping(detections: readonly Detection[]): Detection[] {
  const merged: Detection[] = [];
  let left = detections;
  for (let [best] = left; best; [best] = left) {
    const first = best;
    const same = left.filter((each) => each === first || overlap(first, each) > MIN_OVERLAP);
    left = left.filter((each) => !same.includes(each));
    merged.push(mean(same, first.score));
  }
  return merged;
}

function mean(detections: readonly Detection[], score: number): Detection {
  const total = detections.reduce((sum, each) => sum + each.score, 0);
  const of = (value: (detection: Detection) => number) =>
    detections.reduce((sum, each) => sum + value(each) * each.score, 0) / total;
  const corner = (index: 0 | 1 | 2 | 3) => of(({ box }) => box[index]);
  return {
    score,
    box: [corner(0), corner(1), corner(2), corner(3)],
    keypoints: Array.from({ length: KEYPOINTS }, (_, index): Point => {
      const axis = (which: 0 | 1) => of(({ keypoints }) => keypoints[index]?.[which] ?? 0);
      return [axis(0), axis(1)];
    }),
  };
}

/** Intersection over union of two boxes. */
function overlap({ box: one }: Detection, { box: other }: Detection): number {
  const width = Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0]));
  const height = Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));
  const shared = width * height;
  const areas = area(one) + area(other);
  return areas > shared ? shared / (areas - shared) : 0;
}

function area([left, top, right, bottom]: Box): number {
  return (right - left) * (bottom - top);
}

/** The ROI of a detected person; both in pixels. */
export function roiFromDetection({ keypoints: [center, rim] }: Detection): Roi {
  if (!(center && rim)) throw new Error("a detection has no keypoints");
  return roiFromAlignmentPoints(center, rim);
}

/** Finds people with the detector's network. */
export class PersonDetector {
  private readonly input: Float32Array;

  constructor(private readonly network: Network) {
    this.input = new Float32Array(sizeOf(network.input));
  }

  /** The people in an image, the best first, in its pixels. */
  async detect(picture: Picture): Promise<Detection[]> {
    const view = squareAround(picture.width, picture.height);
    warp(
      picture,
      placementOf(view, INPUT_SIZE),
      { width: INPUT_SIZE, height: INPUT_SIZE },
      { border: "zero", values: SIGNED },
      this.input,
    );
    const [rawBoxes, rawScores] = await this.network.run(this.input);
    if (!(rawBoxes && rawScores)) throw new Error("the detector returned too little");
    return mergeOverlapping(decodeDetections(rawBoxes, rawScores)).map((each) =>
      inPixels(each, view),
    );
  }
}

function inPixels(
  { score, box, keypoints }: Detection,
  { xCenter, yCenter, width }: Roi,
): Detection {
  const [left, top] = [xCenter - width / 2, yCenter - width / 2];
  const [boxLeft, boxTop, boxRight, boxBottom] = box;
  return {
    score,
    box: [
      boxLeft * width + left,
      boxTop * width + top,
      boxRight * width + left,
      boxBottom * width + top,
    ],
    keypoints: keypoints.map(([x, y]): Point => [x * width + left, y * width + top]),
  };
}
