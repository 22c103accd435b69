/** One person's landmarks, smoothed over the frames of a video: `pose/blazepose/smoothing.py`. */
import type { Estimate } from "./estimate";
import { LowPass, OneEuro } from "./filters";
import { FIELDS } from "./landmarks";

const VISIBILITY_ALPHA = 0.1;
const BODY_SETTINGS = { minCutoff: 0.05, beta: 80 };
const WORLD_SETTINGS = { minCutoff: 0.1, beta: 40 };
/** Meters need not be scaled by the body's size. */
const WORLD_SCALE = 1;
/** Of each landmark, x, y and z; the last of its numbers is its visibility. */
const PLACE = FIELDS - 1;

/** Smooths one person's landmarks, in the image and in 3D, and their visibility. */
export class LandmarkSmoother {
  private readonly visibility = new LowPass();
  private readonly body = new OneEuro(BODY_SETTINGS);
  private readonly world = new OneEuro(WORLD_SETTINGS);

  /** The estimate for a frame taken at `seconds`, with smoothed landmarks. */
  run(estimate: Estimate, seconds: number): Estimate {
    const { objectScale } = estimate;
    const visibility = this.visibility.run(visibilityOf(estimate.body), () => VISIBILITY_ALPHA);
    const body = this.body.run(placesOf(estimate.body), seconds, objectScale);
    const world = this.world.run(placesOf(estimate.world), seconds, WORLD_SCALE);
    return { ...estimate, body: joined(body, visibility), world: joined(world, visibility) };
  }
}

function placesOf(landmarks: Float64Array): Float64Array {
  return landmarks.filter((_, index) => index % FIELDS < PLACE);
}

function visibilityOf(landmarks: Float64Array): Float64Array {
  return landmarks.filter((_, index) => index % FIELDS === PLACE);
}

function joined(places: Float64Array, visibility: Float64Array): Float64Array {
  const landmarks = new Float64Array(places.length + visibility.length);
  visibility.forEach((value, index) => {
    landmarks.set(places.subarray(index * PLACE, (index + 1) * PLACE), index * FIELDS);
    landmarks[index * FIELDS + PLACE] = value;
  });
  return landmarks;
}
