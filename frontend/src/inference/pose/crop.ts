/** Where the pixels of a ROI are in the image: `crop` of `pose/blazepose/warp.py`. */
import type { Placement } from "../warp";
import { corners, type Roi } from "./roi";

/**
 * Stretch a ROI, corner to corner, to a square of `side` pixels.
 *
 * Corners in float32 are not quite those of a rectangle, so Python's matrix has a perspective, too.
 * It is about 1e-9, and decides to which 1/32 of a pixel some places are rounded.
 */
export function placementOf(roi: Roi, side: number): Placement {
  const { topLeft, topRight, bottomRight, bottomLeft } = corners(roi);
  const right = minus(topRight, bottomRight);
  const left = minus(bottomLeft, bottomRight);
  const skew = minus(minus(topLeft, topRight), left);
  const area = right[0] * left[1] - left[0] * right[1];
  const across = (skew[0] * left[1] - left[0] * skew[1]) / area;
  const down = (right[0] * skew[1] - skew[0] * right[1]) / area;
  const along = (axis: 0 | 1) => (topRight[axis] - topLeft[axis] + across * topRight[axis]) / side;
  const below = (axis: 0 | 1) =>
    (bottomLeft[axis] - topLeft[axis] + down * bottomLeft[axis]) / side;
  return {
    x0: topLeft[0],
    xu: along(0),
    xv: below(0),
    y0: topLeft[1],
    yu: along(1),
    yv: below(1),
    wu: across / side,
    wv: down / side,
  };
}

function minus(one: readonly [number, number], other: readonly [number, number]): [number, number] {
  return [one[0] - other[0], one[1] - other[1]];
}
