/** BlazePose from image to landmarks and masks: `pose/blazepose/litert.py`. */
import { KEYPOINT_NAMES } from "../../generated";
import type { Network } from "../network";
import type { Picture } from "../warp";
import { type Detection, PersonDetector, roiFromDetection } from "./detection";
import type { Estimate } from "./estimate";
import { OneEuro } from "./filters";
import { distance } from "./identities";
import { FIELDS, LandmarkFinder, type Landmarks } from "./landmarks";
import { type Point, ROI_SCALE, type Roi, roiFromAlignmentPoints } from "./roi";
import { StillnessWatch } from "./stillness";
import { unwarpMask } from "./unwarp";

const AUXILIARY_SETTINGS = { minCutoff: 0.01, beta: 10 };
const NOSE = KEYPOINT_NAMES.indexOf("nose");
const ANKLES = [KEYPOINT_NAMES.indexOf("left_ankle"), KEYPOINT_NAMES.indexOf("right_ankle")];
const MIN_VISIBILITY = 0.5;
/** Two bodies whose landmarks are closer than this fraction of their size are one person. */
const MAX_SAME_PERSON = 0.1;
/** Pixels; a smaller ROI is considered empty. */
const MIN_ROI_SIDE = 1;

/** Tracks people by their landmarks; the detector runs only while someone is missing. */
export class Estimator {
  private readonly people: PersonDetector;
  private readonly finder: LandmarkFinder;
  private tracks: Track[] = [];
  private watch = new StillnessWatch();

  /** @param networks disposed with this object */
  constructor(private readonly networks: { detector: Network; landmarks: Network }) {
    this.people = new PersonDetector(networks.detector);
    this.finder = new LandmarkFinder(networks.landmarks);
  }

  /** Find people in a still image; a video being tracked is not affected. */
  async still(picture: Picture, maxPoses: number): Promise<Estimate[]> {
    const detected = await this.people.detect(picture);
    const found: Estimate[] = [];
    for (const each of detected.slice(0, maxPoses)) {
      const roi = roiFromDetection(each);
      const landmarks = await this.find(picture, roi);
      if (landmarks) found.push(estimated(picture, roi, landmarks));
    }
    return found;
  }

  /** Find people in the next image of a video, taken at `seconds`. */
  async track(picture: Picture, maxPoses: number, seconds: number): Promise<Estimate[]> {
    const rests = this.watch.isStill(picture);
    const tracks = await this.toFollow(picture, maxPoses);
    this.tracks = [];
    const found: Estimate[] = [];
    for (const track of tracks) {
      const { roi } = track;
      const landmarks = await this.find(picture, roi);
      if (!landmarks) continue;
      const estimate = estimated(picture, roi, landmarks);
      // Two ROIs can converge on one person; the one tracked first stays.
      if (found.some((other) => distance(estimate, other) < MAX_SAME_PERSON)) continue;
      track.see(landmarks);
      if (!rests) track.move(landmarks, seconds);
      this.tracks.push(track);
      found.push(estimate);
    }
    return found;
  }

  /** Start a new video. */
  reset(): void {
    this.tracks = [];
    this.watch = new StillnessWatch();
  }

  dispose(): void {
    this.networks.detector.dispose();
    this.networks.landmarks.dispose();
  }

  /** Those who are tracked already, and those who are detected while someone is missing. */
  private async toFollow(picture: Picture, maxPoses: number): Promise<Track[]> {
    const tracks = this.tracks.slice(0, maxPoses);
    if (tracks.length === maxPoses) return tracks;
    const detected = await this.people.detect(picture);
    const strangers = detected.filter((each) => !tracks.some((track) => track.isOf(each)));
    return [...tracks, ...strangers.map((each) => new Track(roiFromDetection(each)))].slice(
      0,
      maxPoses,
    );
  }

  private async find(picture: Picture, roi: Roi): Promise<Landmarks | null> {
    return roi.width >= MIN_ROI_SIDE ? await this.finder.find(picture, roi) : null;
  }
}

/** Where to look for one person in the next frame. */
class Track {
  private auxiliary = new OneEuro(AUXILIARY_SETTINGS);
  private nose: Point | null = null;
  roi: Roi;

  /** @param roi around the person in this frame */
  constructor(roi: Roi) {
    this.roi = roi;
  }

  /** Whether this person's face is the detected one. */
  isOf({ box: [left, top, right, bottom] }: Detection): boolean {
    if (!this.nose) return false;
    const [x, y] = this.nose;
    return left <= x && x <= right && top <= y && y <= bottom;
  }

  /** Store the person's face. */
  see({ body }: Landmarks): void {
    this.nose = [body[NOSE * FIELDS]!, body[NOSE * FIELDS + 1]!];
  }

  /**
   * Move to where the auxiliary landmarks point. The filter keeps the ROI of a person standing still
   * in place; if the legs are not in the image, the circle around the whole body is a guess, so the
   * ROI follows the network immediately.
   */
  move(landmarks: Landmarks, seconds: number): void {
    let { auxiliary } = landmarks;
    if (showsWholeBody(landmarks)) {
      const raw = Float64Array.from(auxiliary.flat());
      const smoothed = this.auxiliary.run(raw, seconds, objectScaleOf(landmarks));
      auxiliary = [
        [smoothed[0]!, smoothed[1]!],
        [smoothed[2]!, smoothed[3]!],
      ];
    } else {
      this.auxiliary = new OneEuro(AUXILIARY_SETTINGS);
    }
    this.roi = roiFromAlignmentPoints(...auxiliary);
  }
}

function estimated(picture: Picture, roi: Roi, landmarks: Landmarks): Estimate {
  const { body, world, maskLogits } = landmarks;
  const mask = unwarpMask(maskLogits, roi, picture);
  return { body, world, objectScale: objectScaleOf(landmarks), mask };
}

function showsWholeBody({ body }: Landmarks): boolean {
  return ANKLES.some((ankle) => body[ankle * FIELDS + 3]! >= MIN_VISIBILITY);
}

/**
 * Diameter of the circle around the whole body, pixels. If that is only a guess, the side of the
 * ROI.
 */
function objectScaleOf(landmarks: Landmarks): number {
  const [center, rim] = landmarks.auxiliary;
  const circle = 2 * Math.hypot(rim[0] - center[0], rim[1] - center[1]);
  return showsWholeBody(landmarks) ? circle : circle * ROI_SCALE;
}
