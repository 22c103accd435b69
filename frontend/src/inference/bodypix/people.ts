/** Whose keypoints a pixel's long offsets lead to: `segmentation/bodypix/people.py`. */
import type { Axis, Layout } from "./layout";
import { KEYPOINTS, type Outputs } from "./outputs";
import type { BodyPixPose } from "./poses";

/** In place of a person's position, where no person has a keypoint that is certain enough. */
export const NO_ONE = 255;

/** How many keypoints are compared: those of the face. */
const MATCHED = 5;
/**
 * Pixels of a mask between two that are followed. Distances change slowly, and are interpolated
 * between them.
 */
const GRID = 8;
/** Above which score a keypoint counts. */
const MIN_SCORE = Math.fround(0.3);
/** How often the way from a pixel to its person's keypoints is corrected. */
const REFINE_STEPS = 10;

/** Where the long offsets lead, in pixels of the image: all places of a keypoint, then the next. */
interface Followed {
  readonly rows: number;
  readonly columns: number;
  readonly y: Float32Array;
  readonly x: Float32Array;
}

/**
 * The person that each pixel of a mask would belong to, if it shows one: a position in `poses`, or
 * `NO_ONE`.
 */
export function nearestPeople(
  { longOffsets }: Outputs,
  poses: readonly BodyPixPose[],
  layout: Layout,
): Uint8Array {
  const followed = follow(longOffsets, layout);
  const size = layout.rows.model * layout.columns.model;
  const nearest = new Uint8Array(size).fill(NO_ONE);
  const shortest = new Float32Array(size).fill(Number.POSITIVE_INFINITY);
  const across = between(layout.columns.model, followed.columns);
  const down = between(layout.rows.model, followed.rows);
  poses.forEach((pose, position) => {
    const squares = squaresTo(pose, followed);
    if (squares) keepNearest(squares, position, { across, down }, nearest, shortest);
  });
  return nearest;
}

function follow(longOffsets: Float32Array, { rows, columns }: Layout): Followed {
  const [height, width] = [Math.ceil(rows.model / GRID), Math.ceil(columns.model / GRID)];
  const count = height * width;
  const y = new Float32Array(MATCHED * count);
  const x = new Float32Array(MATCHED * count);
  const toRow = cellsOf(rows);
  const toColumn = cellsOf(columns);
  for (let row = 0, at = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1, at += 1) {
      const top = Math.fround(rows.middle(row, height));
      const left = Math.fround(columns.middle(column, width));
      for (let keypoint = 0; keypoint < MATCHED; keypoint += 1) {
        let [down, right] = [top, left];
        for (let step = 0; step <= REFINE_STEPS; step += 1) {
          const cell = toRow(down) * columns.output + toColumn(right);
          const field = cell * 2 * KEYPOINTS + keypoint;
          down = Math.fround(down + longOffsets[field]!);
          right = Math.fround(right + longOffsets[field + KEYPOINTS]!);
        }
        y[keypoint * count + at] = down;
        x[keypoint * count + at] = right;
      }
    }
  }
  return { rows: height, columns: width, y, x };
}

/** How a pixel of the image becomes the nearest cell of the output. */
function cellsOf({ input, padded, padding, stride, output }: Axis): (pixel: number) => number {
  const scale = Math.fround(input / padded / stride);
  const first = Math.fround((((padding + 1) * input) / padded - 1) / stride + 0.5);
  const last = Math.fround(output - 0.5);
  return (pixel) => {
    const cell = Math.fround(Math.fround(pixel * scale) + first);
    return Math.trunc(Math.min(Math.max(cell, 0), last));
  };
}

/** The mean of squared distances to a person's keypoints; null if none of them is certain enough. */
function squaresTo({ keypoints }: BodyPixPose, { y, x, rows, columns }: Followed) {
  const count = rows * columns;
  const known = [0, 1, 2, 3, 4].filter((keypoint) => keypoints[keypoint * 3 + 2]! > MIN_SCORE);
  if (known.length === 0) return null;
  const squares = new Float32Array(count);
  for (let at = 0; at < count; at += 1) {
    let sum = 0;
    for (const keypoint of known) {
      const down = y[keypoint * count + at]! - keypoints[keypoint * 3 + 1]!;
      const right = x[keypoint * count + at]! - keypoints[keypoint * 3]!;
      sum += down * down + right * right;
    }
    squares[at] = sum / known.length;
  }
  return squares;
}

/** Of each pixel along an axis: the places of the grid around it, and how far after the first. */
interface Between {
  readonly count: number;
  readonly before: Int32Array;
  readonly after: Float32Array;
}

/** As `cv2.resize` has it, with the middles of pixels on each other. */
function between(pixels: number, count: number): Between {
  const before = new Int32Array(pixels);
  const after = new Float32Array(pixels);
  for (let index = 0; index < pixels; index += 1) {
    const there = (index + 0.5) * (count / pixels) - 0.5;
    const whole = Math.floor(there);
    before[index] = Math.min(Math.max(whole, 0), count - 1);
    after[index] = whole < 0 || whole >= count - 1 ? 0 : there - whole;
  }
  return { count, before, after };
}

/** Note a person where that one is nearer than all before. */
function keepNearest(
  squares: Float32Array,
  position: number,
  { across, down }: { across: Between; down: Between },
  nearest: Uint8Array,
  shortest: Float32Array,
): void {
  const row = new Float32Array(across.count);
  let at = 0;
  for (let y = 0; y < down.before.length; y += 1) {
    const upper = down.before[y]! * across.count;
    const lower = Math.min(down.before[y]! + 1, down.count - 1) * across.count;
    const share = down.after[y]!;
    for (let column = 0; column < across.count; column += 1) {
      const one = squares[upper + column]!;
      row[column] = one + share * (squares[lower + column]! - one);
    }
    for (let x = 0; x < across.before.length; x += 1, at += 1) {
      const near = across.before[x]!;
      const one = row[near]!;
      const distance = one + across.after[x]! * (row[Math.min(near + 1, across.count - 1)]! - one);
      if (distance < shortest[at]!) {
        shortest[at] = distance;
        nearest[at] = position;
      }
    }
  }
}
