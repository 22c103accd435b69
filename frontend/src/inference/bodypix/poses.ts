/**
 * People's keypoints from BodyPix's heatmaps, offsets and displacements:
 * `segmentation/bodypix/poses.py`.
 *
 * The most certain keypoint that belongs to no one yet is the root of another person, and the other
 * keypoints are found from it along the tree of keypoints.
 */
import { BODYPIX_EDGES } from "../../generated";
import { sigmoid } from "../sigmoid";
import type { Layout } from "./layout";
import { EDGES, KEYPOINTS, type Outputs } from "./outputs";

/** One person's keypoints. */
export interface BodyPixPose {
  /** x, y and score of each, in pixels of the image. */
  readonly keypoints: Float32Array;
  readonly score: number;
}

/** The lowest score of a person, and of the keypoint that the search for one begins with. */
const SCORE_THRESHOLD = Math.fround(0.4);
/** Pixels of the input: two people do not have the same keypoint within this distance. */
const RADIUS = 20;
/** How often a keypoint is moved to where the cell that it is in says it is. */
const REFINE_STEPS = 2;

/** In pixels of the input. */
interface Point {
  readonly y: number;
  readonly x: number;
  readonly score: number;
}

/** A keypoint that is more certain than all around. */
interface Root {
  readonly row: number;
  readonly column: number;
  readonly keypoint: number;
  readonly score: number;
}

/** Find at most so many people, in the order of their most certain keypoints. */
export function decodePoses(outputs: Outputs, layout: Layout, maxPoses: number): BodyPixPose[] {
  const fields = new Fields(outputs, layout);
  const found: { points: Point[]; score: number }[] = [];
  for (const root of fields.roots()) {
    if (found.length === maxPoses) break;
    const others = found.map((each) => each.points);
    const point = fields.pointOf(root);
    if (isNear(root.keypoint, point, others)) continue;
    const points = fields.person(root.keypoint, point);
    let sum = 0;
    points.forEach((each, keypoint) => {
      if (!isNear(keypoint, each, others)) sum += each.score;
    });
    found.push({ points, score: sum / KEYPOINTS });
  }
  return found
    .filter(({ score }) => score >= 0.4)
    .map(({ points, score }) => ({ keypoints: inImage(points, layout), score }));
}

/** The network's outputs as places to look things up. */
class Fields {
  private readonly scores: Float32Array;
  private readonly rows: number;
  private readonly columns: number;
  private readonly stride: number;

  constructor(
    private readonly outputs: Outputs,
    { rows, columns }: Layout,
  ) {
    this.scores = outputs.heatmaps.map(sigmoid);
    this.rows = rows.output;
    this.columns = columns.output;
    this.stride = rows.stride;
  }

  /** The most certain first. */
  roots(): Root[] {
    const found: Root[] = [];
    for (let row = 0; row < this.rows; row += 1)
      for (let column = 0; column < this.columns; column += 1)
        for (let keypoint = 0; keypoint < KEYPOINTS; keypoint += 1) {
          const score = this.scoreAt(row, column, keypoint);
          if (score >= SCORE_THRESHOLD && this.isHighest(row, column, keypoint, score))
            found.push({ row, column, keypoint, score });
        }
    // Of equals, the first stays the first.
    return found.sort((one, other) => other.score - one.score);
  }

  pointOf({ row, column, keypoint, score }: Root): Point {
    return { ...this.placeAt(row, column, keypoint), score };
  }

  /** All keypoints of the person that one of them belongs to. */
  person(keypoint: number, root: Point): Point[] {
    const { forward, backward } = this.outputs;
    const points: Point[] = [];
    points[keypoint] = root;
    for (let edge = EDGES - 1; edge >= 0; edge -= 1) {
      const [parent, child] = BODYPIX_EDGES[edge]!;
      const from = points[child];
      if (from && !points[parent]) points[parent] = this.next(from, edge, parent, backward);
    }
    for (let edge = 0; edge < EDGES; edge += 1) {
      const [parent, child] = BODYPIX_EDGES[edge]!;
      const from = points[parent];
      if (from && !points[child]) points[child] = this.next(from, edge, child, forward);
    }
    return points;
  }

  private next(start: Point, edge: number, keypoint: number, displacements: Float32Array): Point {
    const at = this.cellAt(start.y, start.x) * 2 * EDGES + edge;
    let place = { y: start.y + displacements[at]!, x: start.x + displacements[at + EDGES]! };
    for (let step = 0; step < REFINE_STEPS; step += 1)
      place = this.placeAt(this.rowAt(place.y), this.columnAt(place.x), keypoint);
    const score = this.scoreAt(this.rowAt(place.y), this.columnAt(place.x), keypoint);
    return { ...place, score };
  }

  private isHighest(row: number, column: number, keypoint: number, score: number): boolean {
    for (let y = Math.max(0, row - 1); y <= Math.min(row + 1, this.rows - 1); y += 1)
      for (let x = Math.max(0, column - 1); x <= Math.min(column + 1, this.columns - 1); x += 1)
        if (this.scoreAt(y, x, keypoint) > score) return false;
    return true;
  }

  private scoreAt(row: number, column: number, keypoint: number): number {
    return this.scores[(row * this.columns + column) * KEYPOINTS + keypoint]!;
  }

  /** Where a cell says that a keypoint is. */
  private placeAt(row: number, column: number, keypoint: number): { y: number; x: number } {
    const at = (row * this.columns + column) * 2 * KEYPOINTS + keypoint;
    const { offsets } = this.outputs;
    return {
      y: row * this.stride + offsets[at]!,
      x: column * this.stride + offsets[at + KEYPOINTS]!,
    };
  }

  private cellAt(y: number, x: number): number {
    return this.rowAt(y) * this.columns + this.columnAt(x);
  }

  private rowAt(y: number): number {
    return nearest(y / this.stride, this.rows - 1);
  }

  private columnAt(x: number): number {
    return nearest(x / this.stride, this.columns - 1);
  }
}

function nearest(cell: number, last: number): number {
  return Math.min(Math.max(Math.trunc(cell + 0.5), 0), last);
}

/** Whether one of the people has this keypoint within the radius. */
function isNear(keypoint: number, { y, x }: Point, people: readonly Point[][]): boolean {
  return people.some((person) => {
    const other = person[keypoint]!;
    return (other.y - y) ** 2 + (other.x - x) ** 2 <= RADIUS ** 2;
  });
}

function inImage(points: readonly Point[], { rows, columns }: Layout): Float32Array {
  const across = columns.padded / columns.input;
  const down = rows.padded / rows.input;
  return Float32Array.from(
    points.flatMap(({ x, y, score }) => [
      x * across - columns.padding,
      y * down - rows.padding,
      score,
    ]),
  );
}
