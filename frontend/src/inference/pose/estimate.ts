/** An estimate of one person, before smoothing over time: `pose/blazepose/estimate.py`. */
import type { PlacedMask } from "./masks";

/** One person in one image. */
export interface Estimate {
  /** 33 x 4: x, y, z in pixels of the image, and visibility, 0 to 1. */
  readonly body: Float64Array;
  /** 33 x 4: x, y, z in meters from the midpoint of the hips, and visibility. */
  readonly world: Float64Array;
  /** Size of the body in pixels, which speeds and distances are relative to. */
  readonly objectScale: number;
  readonly mask: PlacedMask;
}

/** Whether all its numbers are finite; those of masks always are. */
export function isSound({ body, world, objectScale }: Estimate): boolean {
  return [objectScale, ...body, ...world].every(Number.isFinite);
}
