/**
 * Draws on bytes, without a graphics card. It runs for every image, so it reuses its buffers and
 * computes in integers.
 */

import { cutoff, inPixels, type Mask, type Region } from "../source/mask";
import { INFERNO } from "./inferno";
import { CONTOUR_WIDTH, type Look } from "./look";

/** The position of each pixel of an enlarged line between two of the original. */
export class Line {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Weight of the second, in 256ths. */
  readonly share: Int32Array;

  constructor(
    readonly size: number,
    readonly from: number,
    readonly mirror = false,
  ) {
    [this.first, this.second, this.share] = [0, 0, 0].map(() => new Int32Array(size)) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    for (let place = 0; place < size; place += 1) {
      const at = Math.min(Math.max(((place + 0.5) * from) / size - 0.5, 0), from - 1);
      const index = mirror ? size - 1 - place : place;
      this.first[index] = Math.floor(at);
      this.second[index] = Math.min(Math.floor(at) + 1, from - 1);
      this.share[index] = Math.round((at - Math.floor(at)) * 256);
    }
  }

  /** The range in which the mask's row at `start` may be above 0. */
  reach(data: Uint8Array, start: number): [begin: number, end: number] {
    const { size, from, mirror } = this;
    let left = 0;
    let right = from;
    while (left < from && data[start + left] === 0) left += 1;
    while (right > left && data[start + right - 1] === 0) right -= 1;
    if (left === right) return [size, 0];
    // Generous by half a mask pixel and one more; it need not be exact.
    const begin = Math.max(Math.floor(((left - 1) * size) / from), 0);
    const end = Math.min(Math.ceil(((right + 1) * size) / from), size);
    return mirror ? [size - end, size - begin] : [begin, end];
  }

  fits(size: number, from: number, mirror = false): boolean {
    return this.size === size && this.from === from && this.mirror === mirror;
  }
}

/** A row of a mask, enlarged to the full width, times 256. */
class WideRow {
  private row = -1;
  private levels = new Int32Array(0);
  /** Outside of this range it is 0. */
  begin = 0;
  end = 0;

  /** Reset for another mask or width. */
  reset(width: number): void {
    this.row = -1;
    if (this.levels.length < width) this.levels = new Int32Array(width);
  }

  /** Whether it holds this row. */
  holds(row: number): boolean {
    return this.row === row;
  }

  read(data: Uint8Array, row: number, columns: Line): Int32Array {
    const { levels } = this;
    if (this.row === row) return levels;
    this.row = row;
    const start = row * columns.from;
    [this.begin, this.end] = columns.reach(data, start);
    const { first, second, share } = columns;
    levels.fill(0);
    for (let x = this.begin; x < this.end; x += 1) {
      const a = data[start + first[x]!]!;
      const b = data[start + second[x]!]!;
      // Math.imul avoids overflow checks.
      levels[x] = (a << 8) + Math.imul(b - a, share[x]!);
    }
    return levels;
  }
}

/** Enlarges masks to the pixels of their region: bilinear, 8 bits. */
export class Enlarger {
  private columns = new Line(0, 0);
  private rows = new Line(0, 0);
  /** Two neighboring rows, which fit into the fastest cache. */
  private readonly wide = [new WideRow(), new WideRow()] as const;
  /** Reused while large enough: the region changes slightly with every image. */
  private enlarged = new Uint8Array(0);

  /**
   * Enlarge a mask to `width` x `height` pixels, row by row. The returned array may be longer and
   * is overwritten by the next call.
   */
  enlarge(mask: Mask, width: number, height: number, mirror = false): Uint8Array {
    const { data, width: from, height: fromRows } = mask;
    if (!this.columns.fits(width, from, mirror)) this.columns = new Line(width, from, mirror);
    if (!this.rows.fits(height, fromRows)) this.rows = new Line(height, fromRows);
    if (this.enlarged.length < width * height) this.enlarged = new Uint8Array(width * height);
    const { columns, rows, enlarged } = this;
    let [upper, lower] = this.wide;
    upper.reset(width);
    lower.reset(width);
    for (let y = 0; y < height; y += 1) {
      const first = rows.first[y]!;
      if (lower.holds(first)) [upper, lower] = [lower, upper];
      const above = upper.read(data, first, columns);
      const below = lower.read(data, rows.second[y]!, columns);
      const share = rows.share[y]!;
      const start = y * width;
      enlarged.fill(0, start, start + width);
      const end = Math.max(upper.end, lower.end);
      for (let x = Math.min(upper.begin, lower.begin); x < end; x += 1) {
        const a = above[x]!;
        enlarged[start + x] = ((a << 8) + Math.imul(below[x]! - a, share) + 32768) >> 16;
      }
    }
    return enlarged;
  }
}

/** A mask's visible region, in pixels of an image of this size. */
export function seenRegion(
  { region }: Mask,
  width: number,
  height: number,
  mirror: boolean,
): Region {
  const seen = inPixels(region, width, height);
  return mirror ? { ...seen, left: width - seen.left - seen.width } : seen;
}

/** A color as one number with the byte order of ImageData. */
function packed(red: number, green: number, blue: number, alpha: number): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, alpha).buffer)[0]!;
}

/** An image's size and the mask's region in it, in pixels. */
export interface Covered {
  width: number;
  height: number;
  region: Region;
}

/**
 * Write the overlay of a region. For the cut-out it is a stencil: opaque where the image stays.
 *
 * @param probability 8 bits per pixel of the region, row by row
 * @param pixels the output: one RGBA number per pixel of the region, row by row
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
  const line = packed(...look.maskColor, 255);
  const lowest = cutoff(look.threshold);
  shape(probability, covered.region, lowest, insideColor(look), line, pixels);
  if (lowest > 0) closeOutline(probability, covered, lowest, line, pixels);
}

/**
 * Write the overlay of a region: each number of a plane in its color, where people are.
 *
 * @param probability 8 bits per pixel of the region, row by row
 * @param numbers likewise
 * @param pixels the output: one RGBA number per pixel of the region, row by row
 */
export function overlayNumbers(
  probability: Uint8Array,
  numbers: Uint8Array,
  length: number,
  look: Look,
  pixels: Uint32Array,
): void {
  const colors = numberColors(look);
  const lowest = cutoff(look.threshold);
  for (let index = 0; index < length; index += 1)
    pixels[index] = probability[index]! >= lowest ? colors[numbers[index]!]! : 0;
}

/** The colors of numbers with the look's opacity. */
function numberColors(look: Look): Uint32Array {
  if (!look.colored) throw new Error("The view shows a plane, but none is given.");
  const { colors } = look.colored;
  const alpha = opaqueness(look);
  return Uint32Array.from({ length: 256 }, (_, number) => {
    const [red = 0, green = 0, blue = 0, opaque = 0] = colors.subarray(4 * number, 4 * number + 4);
    return opaque ? packed(red, green, blue, alpha) : 0;
  });
}

/** The overlay outside of the region. */
export function overlayOutside(look: Look): [red: number, green: number, blue: number, a: number] {
  const color = new Uint32Array(1);
  if (look.view === "heatmap") heatmap(Uint8Array.of(0), 1, opaqueness(look), color);
  else if (cutoff(look.threshold) === 0)
    color[0] = look.colored ? numberColors(look)[0]! : insideColor(look);
  const [red = 0, green = 0, blue = 0, alpha = 0] = new Uint8Array(color.buffer);
  return [red, green, blue, alpha];
}

/** The opacity of a mask or heatmap, 0 to 255. */
function opaqueness(look: Look): number {
  return Math.round(look.opacity * 255);
}

function insideColor(look: Look): number {
  if (look.view === "cut-out") return packed(...look.maskColor, 255);
  return look.view === "mask" ? packed(...look.maskColor, opaqueness(look)) : 0;
}

/** The last used colors: consecutive images usually have the same opacity. */
let heat: { alpha: number; colors: Uint32Array } | null = null;

function heatColors(alpha: number): Uint32Array {
  if (heat?.alpha === alpha) return heat.colors;
  const colors = Uint32Array.from({ length: 256 }, (_, value) => {
    const [red = 0, green = 0, blue = 0] = INFERNO.subarray(value * 3, value * 3 + 3);
    return packed(red, green, blue, alpha);
  });
  heat = { alpha, colors };
  return colors;
}

function heatmap(
  probability: Uint8Array,
  length: number,
  alpha: number,
  pixels: Uint32Array,
): void {
  const colors = heatColors(alpha);
  for (let index = 0; index < length; index += 1) pixels[index] = colors[probability[index]!]!;
}

function shape(
  probability: Uint8Array,
  { width, height }: Region,
  lowest: number,
  inside: number,
  line: number,
  pixels: Uint32Array,
): void {
  pixels.fill(0, 0, width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const end = row + width;
    const above = Math.max(y - CONTOUR_WIDTH, 0) * width - row;
    const below = Math.min(y + CONTOUR_WIDTH, height - 1) * width - row;
    const beside = (at: number) => {
      const left = probability[Math.max(at - CONTOUR_WIDTH, row)]!;
      const right = probability[Math.min(at + CONTOUR_WIDTH, end - 1)]!;
      if (left < lowest || right < lowest) pixels[at] = line;
    };
    let index = row;
    while (index < end) {
      if (probability[index]! < lowest) {
        index += 1;
        continue;
      }
      const start = index;
      do {
        const atLine = probability[index + above]! < lowest || probability[index + below]! < lowest;
        pixels[index] = atLine ? line : inside;
        index += 1;
      } while (index < end && probability[index]! >= lowest);
      // Deeper inside a run, the neighbors are in the run too.
      for (let step = 0; step < CONTOUR_WIDTH && start + step < index; step += 1) {
        beside(start + step);
        beside(index - 1 - step);
      }
    }
  }
}

/**
 * Draw the outline along the region's edges inside the image. At the image's own edges people may
 * continue, so there is no outline.
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
        if (probability[index]! >= lowest) pixels[index] = line;
      }
    }
  };
  const [columns, rows] = [region.width, region.height];
  if (region.left > 0) strip(0, CONTOUR_WIDTH, 0, rows);
  if (right < width) strip(columns - CONTOUR_WIDTH, columns, 0, rows);
  if (region.top > 0) strip(0, columns, 0, CONTOUR_WIDTH);
  if (bottom < height) strip(0, columns, rows - CONTOUR_WIDTH, rows);
}
