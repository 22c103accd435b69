/**
 * How an image lies in BodyPix's input, and where its pixels are in the outputs:
 * `segmentation/bodypix/layout.py`.
 */
import { roundHalfToEven } from "../warp";

/** The rows or the columns of an image, of the network's input and of its output. */
export class Axis {
  /** How many the network's output has. */
  readonly output: number;
  /** How many the image has with its padding. */
  readonly padded: number;
  /** How many pixels of the input are the image's, which a mask has at this resolution. */
  readonly model: number;
  /** Where a mask's pixels are in the output: the index before each, and how far after it. */
  readonly before: Int32Array;
  readonly after: Float32Array;

  /**
   * @param image how many the image has, in pixels
   * @param padding how many are added at either end of the image
   * @param input how many the network's input has
   * @param stride pixels of the input per pixel of the output
   */
  constructor(
    readonly image: number,
    readonly padding: number,
    readonly input: number,
    readonly stride: number,
  ) {
    this.output = Math.floor((input - 1) / stride) + 1;
    this.padded = image + 2 * padding;
    this.model = Math.max(1, roundHalfToEven((input * image) / this.padded));
    this.before = new Int32Array(this.model);
    this.after = new Float32Array(this.model);
    const last = this.output - 1;
    const scale = last / Math.max(1, this.padded - 1);
    for (let index = 0; index < this.model; index += 1) {
      const there = (padding + this.middle(index, this.model)) * scale;
      const before = Math.min(Math.max(Math.floor(there), 0), Math.max(0, last - 1));
      this.before[index] = before;
      this.after[index] = Math.min(Math.max(there - before, 0), 1);
    }
  }

  /** Where one of `count` equal parts of the image has its middle, in its pixels. */
  middle(index: number, count: number): number {
    return (index + 0.5) * (this.image / count) - 0.5;
  }
}

/** Where the pixels of an image are in the network's input and outputs. */
export interface Layout {
  readonly rows: Axis;
  readonly columns: Axis;
}

/**
 * The layout of images of one size.
 *
 * @param share the network's input as a share of the image's width and height
 * @param stride pixels of the network's input per pixel of its output
 */
export function layoutOf(
  { width, height }: { width: number; height: number },
  share: number,
  stride: number,
): Layout {
  const [rows, columns] = [valid(height * share, stride), valid(width * share, stride)];
  const aspect = columns / rows;
  const isNarrow = width / height < aspect;
  // Rounded like upstream does.
  const rowPadding = isNarrow ? 0 : Math.floor(0.5 * (width / aspect - height) + 0.5);
  const columnPadding = isNarrow ? Math.floor(0.5 * (aspect * height - width) + 0.5) : 0;
  return {
    rows: new Axis(height, rowPadding, rows, stride),
    columns: new Axis(width, columnPadding, columns, stride),
  };
}

/** A length of the input near this one: a multiple of the stride, plus one. */
function valid(length: number, stride: number): number {
  if ((length - 1) % stride === 0) return length;
  return Math.floor(length / stride) * stride + 1;
}
