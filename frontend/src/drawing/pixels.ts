/**
 * The canvas-2D way of drawing, on bytes.
 *
 * It runs for every picture where there is no graphics card, so it reuses its buffers and
 * computes in integers.
 */
import { cutoff, type Mask, type Region } from "../mask";
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

  fits(size: number, from: number): boolean {
    return this.size === size && this.from === from;
  }
}

/** Enlarges masks to the pixels of the region they cover, bilinear, 8 bits. */
export class Enlarger {
  private columns = new Line(0, 0);
  private rows = new Line(0, 0);
  /** Kept as long as they are large enough: a region changes a little with every picture. */
  private wide = new Int32Array(0);
  private enlarged = new Uint8Array(0);

  /**
   * The mask at `width` x `height` pixels, row by row.
   *
   * The array begins with them and may go on; it is written anew with the next mask.
   */
  enlarge({ data, width: from, height: fromRows }: Mask, width: number, height: number) {
    if (!this.columns.fits(width, from)) this.columns = new Line(width, from);
    if (!this.rows.fits(height, fromRows)) this.rows = new Line(height, fromRows);
    if (this.wide.length < width * fromRows) this.wide = new Int32Array(width * fromRows);
    if (this.enlarged.length < width * height) this.enlarged = new Uint8Array(width * height);
    const { columns, rows, wide, enlarged } = this;
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

/** Of which size a picture is, and what of it a mask covers; all in pixels. */
export interface Covered {
  width: number;
  height: number;
  region: Region;
}

/**
 * Write what is laid over the region of a picture.
 *
 * For the cut-out it is the person's shape, opaque where the picture stays.
 *
 * @param probability 8 bits a pixel of the region, row by row
 * @param pixels where to write: RGBA, a number a pixel of the region, row by row
 */
export function overlay(
  probability: Uint8Array,
  covered: Covered,
  look: Look,
  pixels: Uint32Array,
): void {
  if (look.view === "heatmap") {
    const { width, height } = covered.region;
    heatmap(probability, width * height, opaqueness(look), pixels);
    return;
  }
  const line = packed(...TEAL, 255);
  const lowest = cutoff(look.threshold);
  shape(probability, covered.region, lowest, insideColour(look), line, pixels);
  if (lowest > 0) closeOutline(probability, covered, lowest, line, pixels);
}

/** The same where the probability is 0 and no outline is near: outside of the region. */
export function overlayOutside(look: Look): [red: number, green: number, blue: number, a: number] {
  const colour = new Uint32Array(1);
  if (look.view === "heatmap") heatmap(Uint8Array.of(0), 1, opaqueness(look), colour);
  else if (cutoff(look.threshold) === 0) colour[0] = insideColour(look);
  const [red = 0, green = 0, blue = 0, alpha = 0] = new Uint8Array(colour.buffer);
  return [red, green, blue, alpha];
}

/** How much a mask or heatmap covers the picture, in 255ths. */
function opaqueness(look: Look): number {
  return Math.round(look.opacity * 255);
}

function insideColour(look: Look): number {
  if (look.view === "cut-out") return packed(...TEAL, 255);
  return look.view === "mask" ? packed(...TEAL, opaqueness(look)) : 0;
}

function heatmap(
  probability: Uint8Array,
  length: number,
  alpha: number,
  pixels: Uint32Array,
): void {
  const colours = Uint32Array.from({ length: 256 }, (_, value) => {
    const [red = 0, green = 0, blue = 0] = INFERNO.subarray(value * 3, value * 3 + 3);
    return packed(red, green, blue, alpha);
  });
  for (let index = 0; index < length; index += 1)
    pixels[index] = colours[probability[index] as number] as number;
}

function shape(
  probability: Uint8Array,
  { width, height }: Region,
  lowest: number,
  inside: number,
  line: number,
  pixels: Uint32Array,
): void {
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

/**
 * Draw the outline along the region's edges inside the picture: beyond them is nobody.
 *
 * At the picture's own edges a person goes on beyond it, so there is no outline.
 */
function closeOutline(
  probability: Uint8Array,
  { width, height, region }: Covered,
  lowest: number,
  line: number,
  pixels: Uint32Array,
): void {
  const [right, bottom] = [region.left + region.width, region.top + region.height];
  const strip = (fromX: number, toX: number, fromY: number, toY: number) => {
    for (let y = Math.max(fromY, 0); y < Math.min(toY, region.height); y += 1) {
      for (let x = Math.max(fromX, 0); x < Math.min(toX, region.width); x += 1) {
        const index = y * region.width + x;
        if ((probability[index] as number) >= lowest) pixels[index] = line;
      }
    }
  };
  const [columns, rows] = [region.width, region.height];
  if (region.left > 0) strip(0, CONTOUR_WIDTH, 0, rows);
  if (right < width) strip(columns - CONTOUR_WIDTH, columns, 0, rows);
  if (region.top > 0) strip(0, columns, 0, CONTOUR_WIDTH);
  if (bottom < height) strip(0, columns, rows - CONTOUR_WIDTH, rows);
}
