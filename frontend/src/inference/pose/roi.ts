/** The rotated square around one person that the landmark network sees: `pose/blazepose/roi.py`. */

/** A rotated rectangle in the image. */
export interface Roi {
  /** Its center, pixels from the image's left and top edge. */
  readonly xCenter: number;
  readonly yCenter: number;
  /** Its sides before rotation, pixels. */
  readonly width: number;
  readonly height: number;
  /** Clockwise on the screen, radians, -pi to pi. */
  readonly rotation: number;
}

export type Point = readonly [x: number, y: number];

/** Size of the ROI relative to the body's circle. */
export const ROI_SCALE = 1.25;

/** Angle from hips to head of an upright person, radians from the x axis. */
const UPRIGHT = Math.PI / 2;

/**
 * The ROI for the circle around a whole person: a square, rotated so that the body is upright in it.
 *
 * @param center the midpoint of the hips, pixels
 * @param rim the point above the head where the body axis meets that circle, pixels
 */
export function roiFromAlignmentPoints(center: Point, rim: Point): Roi {
  const [xCenter, yCenter] = center;
  const [dx, dy] = [rim[0] - xCenter, rim[1] - yCenter];
  const side = 2 * Math.hypot(dx, dy) * ROI_SCALE;
  const rotation = normalizedAngle(UPRIGHT - Math.atan2(-dy, dx));
  return { xCenter, yCenter, width: side, height: side, rotation };
}

/** The smallest upright square that contains the whole image and has its center, as a letterbox. */
export function squareAround(width: number, height: number): Roi {
  const side = Math.max(width, height);
  return { xCenter: width / 2, yCenter: height / 2, width: side, height: side, rotation: 0 };
}

/** The corners of a ROI in the image, pixels. */
export interface Corners {
  readonly bottomLeft: Point;
  readonly topLeft: Point;
  readonly topRight: Point;
  readonly bottomRight: Point;
}

export function corners({ xCenter, yCenter, width, height, rotation }: Roi): Corners {
  const [halfWidth, halfHeight] = [width / 2, height / 2];
  const place = (x: number, y: number): Point => {
    const [turnedX, turnedY] = turned([x, y], rotation);
    // Python has them in float32, and the last bit decides which pixels are nearest.
    return [Math.fround(turnedX + xCenter), Math.fround(turnedY + yCenter)];
  };
  return {
    bottomLeft: place(-halfWidth, halfHeight),
    topLeft: place(-halfWidth, -halfHeight),
    topRight: place(halfWidth, -halfHeight),
    bottomRight: place(halfWidth, halfHeight),
  };
}

/** A point rotated clockwise on the screen around (0, 0) by `angle` radians. */
export function turned([x, y]: Point, angle: number): Point {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return [cosine * x - sine * y, sine * x + cosine * y];
}

function normalizedAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}
