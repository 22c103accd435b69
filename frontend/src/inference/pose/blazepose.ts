/**
 * BlazePose GHUM in the page, stage by stage as `pose/blazepose/`: a small network, the detector,
 * finds people; a large one sees the ROI around each person and returns landmarks and a mask.
 */
import type { Networks } from "../network";
import { type Found, type FoundPose, PACKED, type Pipeline, type Wanted } from "../pipeline";
import type { Picture } from "../warp";
import { type Estimate, isSound } from "./estimate";
import { Estimator } from "./estimator";
import { Identities } from "./identities";
import { BODY, FIELDS } from "./landmarks";
import { allTogether, PersonMaskSmoother } from "./masks";
import { LandmarkSmoother } from "./smoothing";

/** Load it from the contents of the detector's file and of a landmark network's. */
export async function createBlazePose(
  networks: Networks,
  [detectorFile, landmarkFile]: readonly Uint8Array[],
): Promise<BlazePosePipeline> {
  if (!(detectorFile && landmarkFile)) throw new Error("one of its two files is missing");
  // The graphics card cannot run the detector: it has an operator that only the processor has.
  const detector = await networks.load(detectorFile);
  const landmarks = await networks.loadFastest(landmarkFile);
  return new BlazePosePipeline(new Estimator({ detector, landmarks }));
}

export class BlazePosePipeline implements Pipeline {
  private video: Video | null = null;

  /** @param estimator disposed with this object */
  constructor(private readonly estimator: Estimator) {}

  async run(picture: Picture, timestamp: number | null, { maxPoses }: Wanted): Promise<Found> {
    if (timestamp === null) {
      const people = (await this.estimator.still(picture, maxPoses)).filter(isSound);
      return found(picture, people, maxPoses, () => null);
    }
    const video = this.videoAt(picture, timestamp);
    const people = (await this.estimator.track(picture, maxPoses, timestamp)).filter(isSound);
    const numbered = video.smoothed(people, timestamp);
    return found(
      picture,
      numbered.map(({ estimate }) => estimate),
      maxPoses,
      (index) => numbered[index]?.number ?? null,
    );
  }

  reset(): void {
    this.video = null;
    this.estimator.reset();
  }

  dispose(): void {
    this.estimator.dispose();
  }

  /** The video that an image belongs to: a new one if its size or the time says so. */
  private videoAt(picture: Picture, seconds: number): Video {
    let { video } = this;
    if (!video?.goesOn(picture, seconds)) {
      this.reset();
      video = new Video(picture.width, picture.height);
      this.video = video;
    }
    video.seconds = seconds;
    return video;
  }
}

/** A person's number and estimate. */
interface Numbered {
  readonly number: number;
  readonly estimate: Estimate;
}

/** All state kept between frames, except the estimator's. */
class Video {
  seconds = Number.NEGATIVE_INFINITY;
  private readonly identities = new Identities();
  private filters = new Map<number, Filters>();

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  goesOn({ width, height }: Picture, seconds: number): boolean {
    return width === this.width && height === this.height && seconds > this.seconds;
  }

  /** People's smoothed estimates, ordered by their numbers. */
  smoothed(people: readonly Estimate[], seconds: number): Numbered[] {
    const numbers = this.identities.assign(people, seconds);
    // Filters are kept for people seen in every frame; after a gap they start over.
    this.filters = new Map(
      numbers.map((number) => [number, this.filters.get(number) ?? new Filters()]),
    );
    return people
      .map((estimate, index) => ({ estimate, number: numbers[index]! }))
      .sort((one, other) => one.number - other.number)
      .map(({ estimate, number }) => ({
        number,
        estimate: this.filters.get(number)!.run(estimate, seconds),
      }));
  }
}

class Filters {
  private readonly landmarks = new LandmarkSmoother();
  private readonly mask = new PersonMaskSmoother();

  run(estimate: Estimate, seconds: number): Estimate {
    this.mask.run(estimate.mask);
    return this.landmarks.run(estimate, seconds);
  }
}

function found(
  picture: Picture,
  people: readonly Estimate[],
  maxPoses: number,
  numberOf: (index: number) => number | null,
): Found {
  const { levels, width, height, region, ...whose } = allTogether(
    people.map(({ mask }) => mask),
    picture,
  );
  return {
    levels,
    shape: [height, width],
    region: [region.left, region.top, region.width, region.height],
    poses: people.map(
      (each, index): FoundPose => ({ id: numberOf(index), keypoints: packed(each) }),
    ),
    planes: maxPoses > 1 ? [{ kind: "people", numbers: whose.people }] : [],
  };
}

/** A person's landmarks as results have them. */
function packed({ body, world }: Estimate): Float32Array {
  const keypoints = new Float32Array(BODY * PACKED);
  for (let index = 0; index < BODY; index += 1) {
    const from = index * FIELDS;
    keypoints.set(body.subarray(from, from + FIELDS), index * PACKED);
    keypoints.set(world.subarray(from, from + 3), index * PACKED + FIELDS);
  }
  return keypoints;
}
