/**
 * Projects a ROI's mask back into the image: `unwarp_mask` of `pose/blazepose/warp.py`, in the
 * steps of `cv2.warpAffine`, whose places are whole numbers of 1/1024 and then of 1/32 of a pixel.
 */

import { sigmoid } from "../sigmoid";
import { roundHalfToEven } from "../warp";
import { placementOf } from "./crop";
import type { PlacedMask, Region } from "./masks";
import { corners, type Roi } from "./roi";

/** Width and height of the network's mask. */
const SIDE = 256;
/** With a pixel of 0 on each side, which pixels outside count as. */
const PADDED = SIDE + 2;
/** Of a pixel, in the steps of `warpAffine`. */
const UNIT_BITS = 10;
const UNIT = 1 << UNIT_BITS;
/** Logits whose probabilities are 0 and 1 to seven digits. */
const NOBODY = -16;
const SOMEBODY = 17;
/** More than steps are rounded by, in units. */
const SLACK = 64;

/**
 * @param logits the mask in the ROI, 256 x 256
 * @param width of the image, pixels; so is `height`
 * @return the upright part of the image that contains the ROI; empty if that lies outside the image
 */
export function unwarpMask(
  logits: Float32Array,
  roi: Roi,
  { width, height }: { width: number; height: number },
): PlacedMask {
  const region = boundsOf(roi, width, height);
  const probability = new Float32Array(region.width * region.height);
  if (probability.length > 0) project(padded(logits), wayBack(roi, region), region, probability);
  return { probability, region };
}

/** The probabilities, with a rim of 0, and where they are not 0. */
interface Padded {
  readonly mask: Float32Array;
  /** The first and the last rows that are not 0; the last before the first if all are. */
  readonly rows: Span;
  /** Of each row, the first and the last columns that are not 0. */
  readonly firsts: Int16Array;
  readonly lasts: Int16Array;
}

type Span = readonly [first: number, last: number];

function padded(logits: Float32Array): Padded {
  const mask = new Float32Array(PADDED * PADDED);
  const firsts = new Int16Array(PADDED).fill(PADDED);
  const lasts = new Int16Array(PADDED).fill(-1);
  let [top, bottom] = [PADDED, -1];
  for (let row = 1, from = 0; row <= SIDE; row += 1) {
    let [left, right] = [PADDED, -1];
    for (let column = 1; column <= SIDE; column += 1, from += 1) {
      const logit = logits[from]!;
      // Most of a mask, which saves the rest of the work.
      if (logit < NOBODY) continue;
      mask[row * PADDED + column] = logit > SOMEBODY ? 1 : sigmoid(logit);
      if (column < left) left = column;
      right = column;
    }
    firsts[row] = left;
    lasts[row] = right;
    if (right < 0) continue;
    if (row < top) top = row;
    bottom = row;
  }
  return { mask, rows: [top, bottom], firsts, lasts };
}

/** The columns of some rows that are not 0. */
function columnsOf({ firsts, lasts }: Padded, first: number, last: number): Span {
  let [left, right] = [PADDED, -1];
  for (let row = Math.max(0, first); row <= Math.min(last, PADDED - 1); row += 1) {
    left = Math.min(left, firsts[row]!);
    right = Math.max(right, lasts[row]!);
  }
  return [left, right];
}

/** From pixels of the region to those of the mask: (a * x + b * y + c, d * x + e * y + f). */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** As OpenCV inverts the way from the mask into the region. */
function wayBack(roi: Roi, region: Region): Affine {
  const { x0, xu: a, xv: b, y0, yu: d, yv: e } = placementOf(roi, SIDE);
  // MediaPipe's WarpAffineCalculator interprets these corner coordinates as pixel centers, which
  // shifts the mask by up to half a mask pixel; the expected masks were computed that way.
  const [c, f] = [x0 - region.left, y0 - region.top];
  const scale = 1 / (a * e - b * d);
  const [toX, toY] = [
    [e * scale, -b * scale],
    [-d * scale, a * scale],
  ] as const;
  return [...toX, -toX[0] * c - toX[1] * f, ...toY, -toY[0] * c - toY[1] * f];
}

function project(
  from: Padded,
  [a, b, c, d, e, f]: Affine,
  { width, height }: Region,
  into: Float32Array,
): void {
  const { mask, rows } = from;
  const stepsX = Int32Array.from({ length: width }, (_, x) => roundHalfToEven(a * x * UNIT));
  const stepsY = Int32Array.from({ length: width }, (_, x) => roundHalfToEven(d * x * UNIT));
  for (let y = 0; y < height; y += 1) {
    // Half of 1/32 of a pixel, to round.
    const startX = roundHalfToEven((b * y + c) * UNIT) + 16;
    const startY = roundHalfToEven((e * y + f) * UNIT) + 16;
    const [fromY, beforeY] = pixelsWithin(startY, d * UNIT, rows, width);
    if (fromY >= beforeY) continue;
    const [one, other] = [startY + stepsY[fromY]!, startY + stepsY[beforeY - 1]!];
    const columns = columnsOf(
      from,
      (Math.min(one, other) >> UNIT_BITS) + 1,
      (Math.max(one, other) >> UNIT_BITS) + 2,
    );
    const [fromX, beforeX] = pixelsWithin(startX, a * UNIT, columns, width);
    const end = Math.min(beforeX, beforeY);
    for (let x = Math.max(fromX, fromY), out = y * width + x; x < end; x += 1, out += 1) {
      const placeX = (startX + stepsX[x]!) >> 5;
      const placeY = (startY + stepsY[x]!) >> 5;
      const column = (placeX >> 5) + 1;
      const row = (placeY >> 5) + 1;
      if (column < 0 || row < 0 || column > SIDE || row > SIDE) continue;
      const at = row * PADDED + column;
      const upperLeft = mask[at]!;
      const upperRight = mask[at + 1]!;
      const lowerLeft = mask[at + PADDED]!;
      const lowerRight = mask[at + PADDED + 1]!;
      // Most of a mask: nobody.
      if (upperLeft + upperRight + lowerLeft + lowerRight === 0) continue;
      const right = (placeX & 31) / 32;
      const upper = upperLeft + (upperRight - upperLeft) * right;
      const lower = lowerLeft + (lowerRight - lowerLeft) * right;
      into[out] = upper + ((lower - upper) * (placeY & 31)) / 32;
    }
  }
}

/**
 * Which pixels of a line may be in a span of the mask: from the first to before the last.
 *
 * @param start where the line begins, and `step` how far it goes per pixel, in units of the mask
 * @param span of padded columns or rows
 */
function pixelsWithin(start: number, step: number, [first, last]: Span, length: number): Span {
  // A pixel of the mask is padded by one, and reaches the places one before it.
  const [low, high] = [(first - 2) * UNIT - SLACK, last * UNIT + SLACK];
  const isFlat = Math.abs(step) * length < 1;
  if (first > last || (isFlat && (start < low || start > high))) return [0, 0];
  if (isFlat) return [0, length];
  const ends = [(low - start) / step, (high - start) / step];
  const within = (place: number) => Math.min(Math.max(place, 0), length);
  return [within(Math.floor(Math.min(...ends))), within(Math.ceil(Math.max(...ends)))];
}

/** The upright part of the image in which the mask may be anything but 0. */
function boundsOf(roi: Roi, width: number, height: number): Region {
  // Bilinear sampling extends half a mask pixel beyond the edge.
  const reach = 1 + Math.ceil(Math.max(roi.width, roi.height) / SIDE / 2);
  const points = Object.values(corners(roi));
  const [left, right] = bounds(
    points.map(([x]) => x),
    reach,
    width,
  );
  const [top, bottom] = bounds(
    points.map(([, y]) => y),
    reach,
    height,
  );
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

function bounds(places: number[], reach: number, length: number): [low: number, high: number] {
  const within = (place: number) => Math.min(Math.max(place, 0), length);
  return [
    within(Math.floor(Math.fround(Math.min(...places) - reach))),
    within(Math.ceil(Math.fround(Math.max(...places) + reach))),
  ];
}
