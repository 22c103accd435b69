/** Results of streams and effects. */
import type { KernelTimings } from "../../generated";
import type { Mask } from "../mask";
import type { Pose } from "../pose";
import type { SharedImage } from "./shared_image";

export interface MaskedImage {
  image: SharedImage;
  mask: Mask;
}

/** A stream's result for a frame. */
export interface Answered extends MaskedImage {
  poses: Pose[];
  timings: KernelTimings;
  up: number;
  down: number;
}

/** Listens to a Python effect; `took` is its duration in ms. */
export interface EffectListener {
  result(effect: string, answered: Answered, took: number): void;
  error(effect: string, message: string): void;
}
