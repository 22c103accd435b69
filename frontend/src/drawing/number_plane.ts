/**
 * Planes of numbers, between two of which there is nothing, at the size of an image: the nearest
 * counts, to the pixel as in Python.
 */
import type { Mask } from "../source/mask";

/** Which of `from` pixels each of `size` pixels shows, in 65536ths: `at` shows `at * pace + first`. */
export interface Nearest {
  pace: number;
  first: number;
}

/** As `INTER_NEAREST_EXACT`: resizeNN_bitexact in modules/imgproc/src/resize.cpp of OpenCV. */
export function nearest(size: number, from: number): Nearest {
  const pace = Math.floor((from * 65536 + (size >> 1)) / size);
  return { pace, first: (pace >> 1) - (from % 2) };
}

/** The pixel of the original that each pixel of an enlarged line shows. */
class NearestLine {
  readonly index: Int32Array;

  constructor(
    readonly size: number,
    readonly from: number,
    readonly mirror: boolean,
  ) {
    const { pace, first } = nearest(size, from);
    this.index = Int32Array.from({ length: size }, (_, place) => {
      const at = mirror ? size - 1 - place : place;
      return Math.min((Math.imul(at, pace) + first) >> 16, from - 1);
    });
  }

  fits(size: number, from: number, mirror: boolean): boolean {
    return this.size === size && this.from === from && this.mirror === mirror;
  }
}

/** Enlarges planes to the pixels of their region. */
export class PlaneEnlarger {
  private columns = new NearestLine(0, 0, false);
  private rows = new NearestLine(0, 0, false);
  /** Reused while large enough. */
  private enlarged = new Uint8Array(0);

  /**
   * Enlarge a plane of a mask to `width` x `height` pixels, row by row. The returned array may be
   * longer and is overwritten by the next call.
   */
  enlarge(
    { width: from, height: fromRows }: Mask,
    plane: Uint8Array,
    width: number,
    height: number,
    mirror = false,
  ): Uint8Array {
    if (!this.columns.fits(width, from, mirror))
      this.columns = new NearestLine(width, from, mirror);
    if (!this.rows.fits(height, fromRows, false))
      this.rows = new NearestLine(height, fromRows, false);
    if (this.enlarged.length < width * height) this.enlarged = new Uint8Array(width * height);
    const { columns, rows, enlarged } = this;
    const across = columns.index;
    let above = -1;
    for (let y = 0; y < height; y += 1) {
      const row = rows.index[y]!;
      const start = y * width;
      if (row === above) {
        enlarged.copyWithin(start, start - width, start);
        continue;
      }
      above = row;
      const first = row * from;
      for (let x = 0; x < width; x += 1) enlarged[start + x] = plane[first + across[x]!]!;
    }
    return enlarged;
  }
}
