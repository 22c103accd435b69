/**
 * Fits an image to BodyPix's input, bit for bit as `Layout.fit` in Python (`cv2.warpAffine` with
 * INTER_LINEAR): padded with black and resized, with the first pixels of both on each other.
 */
import { type Picture, roundHalfToEven } from "../warp";
import type { Axis, Layout } from "./layout";

/** Places per pixel. */
const STEPS = 32;
/** What OpenCV rounds a place to, in shares of a pixel, before it is rounded to one of the steps. */
const FINE = 1024;
/** Half of 1, in shares of a pixel: 1/1024. */
const HALF = 512;

/** Of each pixel of the input along an axis: the two of the image that it lies between. */
interface Neighbors {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How much of each it takes, in steps; 0 of padding, which is black. */
  readonly ofFirst: Int32Array;
  readonly ofSecond: Int32Array;
}

/** Writes images of one size to a network's input. */
export class Fitting {
  private readonly rows: Neighbors;
  private readonly columns: Neighbors;

  /** @param values what each of the 256 values of a pixel is in the input: red, green and blue */
  constructor(
    layout: Layout,
    private readonly values: readonly [Float32Array, Float32Array, Float32Array],
  ) {
    this.rows = neighborsOf(layout.rows);
    this.columns = neighborsOf(layout.columns);
  }

  /** @param into rows x columns x 3 of the input */
  fit({ data, width }: Picture, into: Float32Array): void {
    const { rows, columns, values } = this;
    let out = 0;
    for (let row = 0; row < rows.first.length; row += 1) {
      const upper = rows.first[row]! * width;
      const lower = rows.second[row]! * width;
      const [upward, downward] = [rows.ofFirst[row]!, rows.ofSecond[row]!];
      for (let column = 0; column < columns.first.length; column += 1) {
        const [near, far] = [columns.first[column]!, columns.second[column]!];
        const [leftward, rightward] = [columns.ofFirst[column]!, columns.ofSecond[column]!];
        const a = (upper + near) * 4;
        const b = (upper + far) * 4;
        const c = (lower + near) * 4;
        const d = (lower + far) * 4;
        for (let channel = 0; channel < 3; channel += 1) {
          const sum =
            (data[a + channel]! * leftward + data[b + channel]! * rightward) * upward +
            (data[c + channel]! * leftward + data[d + channel]! * rightward) * downward;
          into[out] = values[channel]![(sum + HALF) >> 10]!;
          out += 1;
        }
      }
    }
  }
}

function neighborsOf({ image, padding, padded, input }: Axis): Neighbors {
  const found = {
    first: new Int32Array(input),
    second: new Int32Array(input),
    ofFirst: new Int32Array(input),
    ofSecond: new Int32Array(input),
  };
  const scale = padded / input;
  for (let index = 0; index < input; index += 1) {
    const place = (roundHalfToEven(scale * index * FINE) + FINE / STEPS / 2) >> 5;
    const before = (place >> 5) - padding;
    const share = place & (STEPS - 1);
    // Beyond the last pixel, it is repeated.
    const after = Math.min(before + 1, padded - 1 - padding);
    found.first[index] = clamp(before, image - 1);
    found.second[index] = clamp(after, image - 1);
    found.ofFirst[index] = isWithin(before, image - 1) ? STEPS - share : 0;
    found.ofSecond[index] = isWithin(after, image - 1) ? share : 0;
  }
  return found;
}

function isWithin(index: number, last: number): boolean {
  return index >= 0 && index <= last;
}

function clamp(index: number, last: number): number {
  return Math.min(Math.max(index, 0), last);
}
