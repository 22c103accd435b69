/**
 * The canvas-2D way of drawing, on bytes.
 *
 * It runs for every picture where there is no graphics card, so it reuses its buffers and
 * computes in integers.
 */
import { cutoff, type Mask } from "../picture";
import { INFERNO } from "./inferno";
import { CONTOUR_WIDTH, type Look, TEAL } from "./look";

/** Where each pixel of an enlarged line lies between two of the original. */
class Line {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How much of the second, in 256ths. */
  readonly share: Int32Array;

  constructor(
    readonly size: number,
    readonly from: number,
  ) {
    [this.first, this.second, this.share] = [0, 0, 0].map(() => new Int32Array(size)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    for (let index = 0; index < size; index += 1) {
      const at = Math.min(Math.max(((index + 0.5) * from) / size - 0.5, 0), from - 1);
      this.first[index] = Math.floor(at);
      this.second[index] = Math.min(Math.floor(at) + 1, from - 1);
      this.share[index] = Math.round((at - Math.floor(at)) * 256);
    }
  }
}

/** Enlarges masks to pictures of one size, bilinear, 8 bits. */
export class Enlarger {
  readonly enlarged: Uint8Array;
  private columns: Line;
  private rows: Line;
  private wide: Int32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.enlarged = new Uint8Array(width * height);
    this.columns = new Line(width, 1);
    this.rows = new Line(height, 1);
    this.wide = new Int32Array(width);
  }

  /** The mask at the picture's size; the same array every time. */
  enlarge({ data, width: from, height: fromRows }: Mask): Uint8Array {
    const { width, height, enlarged } = this;
    if (this.columns.from !== from || this.rows.from !== fromRows) {
      this.columns = new Line(width, from);
      this.rows = new Line(height, fromRows);
      this.wide = new Int32Array(width * fromRows);
    }
    const { columns, rows, wide } = this;
    let to = 0;
    for (let row = 0; row < fromRows; row += 1) {
      const start = row * from;
      for (let x = 0; x < width; x += 1, to += 1) {
        const a = data[start + (columns.first[x] as number)] as number;
        const b = data[start + (columns.second[x] as number)] as number;
        wide[to] = a * 256 + (b - a) * (columns.share[x] as number);
      }
    }
    to = 0;
    for (let y = 0; y < height; y += 1) {
      let upper = (rows.first[y] as number) * width;
      let lower = (rows.second[y] as number) * width;
      const share = rows.share[y] as number;
      for (let x = 0; x < width; x += 1, to += 1, upper += 1, lower += 1) {
        const a = wide[upper] as number;
        enlarged[to] = (a * 256 + ((wide[lower] as number) - a) * share + 32768) >> 16;
      }
    }
    return enlarged;
  }
}

/** A colour as ImageData has it in memory, read as one number. */
function packed(red: number, green: number, blue: number, alpha: number): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, alpha).buffer)[0] as number;
}

/**
 * Write what is laid over the picture.
 *
 * For the cut-out it is the person's shape, opaque where the picture stays.
 *
 * @param probability 8 bits a pixel, `width` pixels a row
 * @param pixels where to write: RGBA, a number a pixel, as many as `probability`
 */
export function overlay(
  probability: Uint8Array,
  width: number,
  look: Look,
  pixels: Uint32Array,
): void {
  const alpha = Math.round(look.opacity * 255);
  if (look.view === "heatmap") heatmap(probability, alpha, pixels);
  else {
    const line = packed(...TEAL, 255);
    const inside = { "cut-out": line, mask: packed(...TEAL, alpha) }[look.view as string] ?? 0;
    shape(probability, width, cutoff(look.threshold), inside, line, pixels);
  }
}

function heatmap(probability: Uint8Array, alpha: number, pixels: Uint32Array): void {
  const colours = Uint32Array.from({ length: 256 }, (_, value) => {
    const [red = 0, green = 0, blue = 0] = INFERNO.subarray(value * 3, value * 3 + 3);
    return packed(red, green, blue, alpha);
  });
  for (let index = 0; index < probability.length; index += 1)
    pixels[index] = colours[probability[index] as number] as number;
}

function shape(
  probability: Uint8Array,
  width: number,
  lowest: number,
  inside: number,
  line: number,
  pixels: Uint32Array,
): void {
  const height = probability.length / width;
  let index = 0;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const above = Math.max(y - CONTOUR_WIDTH, 0) * width - row;
    const below = Math.min(y + CONTOUR_WIDTH, height - 1) * width - row;
    for (let x = 0; x < width; x += 1, index += 1) {
      if ((probability[index] as number) < lowest) {
        pixels[index] = 0;
        continue;
      }
      const left = row + Math.max(x - CONTOUR_WIDTH, 0);
      const right = row + Math.min(x + CONTOUR_WIDTH, width - 1);
      const atLine =
        (probability[index + above] as number) < lowest ||
        (probability[index + below] as number) < lowest ||
        (probability[left] as number) < lowest ||
        (probability[right] as number) < lowest;
      pixels[index] = atLine ? line : inside;
    }
  }
}
