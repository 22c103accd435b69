/**
 * BodyPix's networks for images of any size.
 *
 * LiteRT's fast kernels take no network whose size is not in its file, and BodyPix's is that of the
 * images. So the file has one size, and is written for others here.
 */
import type { Shape } from "../network";

/** A .tflite file, in FlatBuffers' format, as far as it is needed: the sizes of its tensors. */
export class NetworkFile {
  readonly input: Shape;
  readonly outputs: readonly Shape[];
  /** Where the heights of all tensors that depend on the images' size are in the file. */
  private readonly places: readonly number[];
  /** Pixels of the input; the same in both directions. */
  private readonly side: number;

  /** @throws if it is no such file */
  constructor(private readonly data: Uint8Array) {
    const view = viewOf(data);
    try {
      const [graph = 0] = new Table(view, view.getUint32(0, true)).tables(SUBGRAPHS);
      const subgraph = new Table(view, graph);
      const tensors = subgraph.tables(TENSORS).map((at) => new Table(view, at));
      const shapeOf = (index: number) => numbersAt(view, tensors[index]!.vector(SHAPE));
      const [input = 0] = numbersAt(view, subgraph.vector(INPUTS));
      this.input = shapeOf(input);
      this.outputs = numbersAt(view, subgraph.vector(OUTPUTS)).map(shapeOf);
      // Those without a buffer are no constants.
      this.places = tensors
        .filter((tensor) => tensor.number(BUFFER) === 0)
        .map((tensor) => tensor.vector(SHAPE) + 2 * BYTES);
    } catch (error) {
      throw new Error("the file of the network is damaged", { cause: error });
    }
    this.side = this.input[1] ?? 0;
  }

  /** Pixels of the input per pixel of the output. */
  get stride(): number {
    return (this.side - 1) / ((this.outputs[0]?.[1] ?? 0) - 1);
  }

  /**
   * The file for another size of the input.
   *
   * @param height a multiple of the stride, plus one
   * @param width likewise
   */
  resized(height: number, width: number): Uint8Array {
    const resized = this.data.slice();
    const view = viewOf(resized);
    for (const place of this.places) {
      [height, width].forEach((length, axis) => {
        const at = place + axis * BYTES;
        const before = view.getInt32(at, true);
        view.setInt32(at, before + (length - this.side) / this.strideOf(before), true);
      });
    }
    return resized;
  }

  /**
   * Pixels of the input per pixel of a tensor, whose lengths are those of the input divided by a
   * power of two: the one below is that plus one, or a few more where it is padded.
   */
  private strideOf(length: number): number {
    return 2 ** Math.round(Math.log2((this.side - 1) / (length - 1)));
  }
}

/** Of the fields of a model, a graph in it, and a tensor: tensorflow/lite/schema/schema.fbs. */
const SUBGRAPHS = 2;
const TENSORS = 0;
const INPUTS = 1;
const OUTPUTS = 2;
const SHAPE = 0;
const BUFFER = 2;

/** Of a number or an offset. */
const BYTES = 4;

/** A table of FlatBuffers. */
class Table {
  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  /** A field that is a number, which is 0 if it is not there. */
  number(field: number): number {
    const place = this.placeOf(field);
    return place ? this.view.getUint32(place, true) : 0;
  }

  /** Where a field's vector begins, with its length. */
  vector(field: number): number {
    const place = this.placeOf(field);
    if (!place) throw new RangeError("a field is missing");
    return place + this.view.getUint32(place, true);
  }

  /** Where the tables of a field's vector are. */
  tables(field: number): number[] {
    const begin = this.vector(field);
    return numbersAt(this.view, begin).map((offset, index) => begin + BYTES * (1 + index) + offset);
  }

  private placeOf(field: number): number {
    const { view, at } = this;
    const table = at - view.getInt32(at, true);
    const entry = BYTES + 2 * field;
    const offset = entry < view.getUint16(table, true) ? view.getUint16(table + entry, true) : 0;
    return offset && at + offset;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function numbersAt(view: DataView, begin: number): number[] {
  const length = view.getUint32(begin, true);
  // Before so many are made.
  if (length * BYTES > view.byteLength) throw new RangeError("a list is too long");
  return Array.from({ length }, (_, index) => view.getInt32(begin + BYTES * (1 + index), true));
}
