/** Whether anything moves in a video: `pose/blazepose/stillness.py`. */
import { type Picture, roundHalfToEven } from "../warp";

/** Cells that an image is averaged into, so that camera noise averages out. */
const COLUMNS = 32;
const ROWS = 24;
/** Gray levels that a cell may change by in a still image. */
const MAX_CHANGE = 1;
/** Shares of red, green and blue in gray, of 2 ** 15, as in OpenCV. */
const GRAY = [9798, 19235, 3735] as const;
const GRAY_BITS = 15;
/** Red, green and blue. */
const CHANNELS = 3;

/**
 * Detects when the images of a video stop changing.
 *
 * On a still image, the feedback from a person's landmarks to the next ROI never settles, so the ROI
 * must stay in place.
 */
export class StillnessWatch {
  private reference: Uint8Array | null = null;

  /**
   * Whether an image shows the same as the last moving one. It is compared with that one, not with
   * the previous one, so that slow changes count, too.
   */
  isStill(picture: Picture): boolean {
    const cells = grayCells(picture);
    const { reference } = this;
    if (reference?.every((gray, index) => Math.abs(gray - cells[index]!) <= MAX_CHANGE))
      return true;
    this.reference = cells;
    return false;
  }
}

/** The mean gray of each cell, row by row, as OpenCV's INTER_AREA. */
export function grayCells(picture: Picture): Uint8Array {
  const columns = cellsOf(picture.width, COLUMNS);
  const sums = new Float64Array(COLUMNS * ROWS * CHANNELS);
  const line = new Float64Array(COLUMNS * CHANNELS);
  cellsOf(picture.height, ROWS).forEach(({ first, last, before, after }, cell) => {
    const add = (row: number, share: number) => {
      sumLine(picture, row, columns, line);
      const start = cell * line.length;
      for (let index = 0; index < line.length; index += 1)
        sums[start + index] = sums[start + index]! + line[index]! * share;
    };
    if (before > 0) add(first - 1, before);
    for (let row = first; row < last; row += 1) add(row, 1);
    if (after > 0) add(last, after);
  });
  const area = (picture.width / COLUMNS) * (picture.height / ROWS);
  return Uint8Array.from({ length: COLUMNS * ROWS }, (_, cell) => {
    const level = (channel: number) => roundHalfToEven(sums[cell * CHANNELS + channel]! / area);
    const gray = GRAY.reduce((sum, share, channel) => sum + share * level(channel), 0);
    return (gray + (1 << (GRAY_BITS - 1))) >> GRAY_BITS;
  });
}

/** The pixels of a line that are in a cell. */
interface Cell {
  /** Those that are in it as a whole: from the first to before the last. */
  readonly first: number;
  readonly last: number;
  /** How much of the pixel before them and of the one after them is in it. */
  readonly before: number;
  readonly after: number;
}

function cellsOf(length: number, cells: number): Cell[] {
  return Array.from({ length: cells }, (_, index) => {
    const [start, end] = [(index * length) / cells, ((index + 1) * length) / cells];
    const [first, last] = [Math.ceil(start), Math.floor(end)];
    // A cell within one pixel.
    if (first > last) return { first, last: first, before: end - start, after: 0 };
    return { first, last, before: first - start, after: end - last };
  });
}

/** Write the sums of one line's pixels in each cell, channel by channel. */
function sumLine(
  { data, width }: Picture,
  row: number,
  columns: readonly Cell[],
  into: Float64Array,
): void {
  const start = row * width * 4;
  let to = 0;
  for (const { first, last, before, after } of columns) {
    let red = 0;
    let green = 0;
    let blue = 0;
    const end = start + last * 4;
    for (let at = start + first * 4; at < end; at += 4) {
      red += data[at]!;
      green += data[at + 1]!;
      blue += data[at + 2]!;
    }
    into[to] = red;
    into[to + 1] = green;
    into[to + 2] = blue;
    for (let channel = 0; channel < CHANNELS && before > 0; channel += 1)
      into[to + channel] = into[to + channel]! + before * data[start + (first - 1) * 4 + channel]!;
    for (let channel = 0; channel < CHANNELS && after > 0; channel += 1)
      into[to + channel] = into[to + channel]! + after * data[end + channel]!;
    to += CHANNELS;
  }
}
