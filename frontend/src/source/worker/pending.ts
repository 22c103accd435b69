/** What is known of frames until all streams have answered for them. */
import type { KernelTimings } from "../../generated";
import type { ReadResult } from "./result";
import type { SharedImage } from "./shared_image";

/** A frame that not all streams have answered for. */
export interface Pending {
  /** When it was sent or asked for, ms. */
  since: number;
  /** Missing until the kernel has sent it, if it has the images. */
  image?: SharedImage;
  /** When the page sent it; missing if the kernel has the images. */
  sent?: number;
  /** How long capturing it took, ms. */
  capture: number;
  /** Whether the kernel has its image, from the page or as its own. */
  inKernel: boolean;
  /** The file that the image was read from, if the page had kept it. */
  kept?: Blob;
  /** Results that wait for their image or for other streams. */
  results: Arrived[];
  /** Whether any stream skipped it. */
  skipped: boolean;
  /** How many streams in the kernel have yet to answer; missing before the first answer. */
  left?: number;
  /** How many streams in the page have yet to answer. */
  localLeft: number;
  /** Whether its image has come and is being decoded. */
  decoding?: boolean;
}

/** A result, of the kernel or of the page. */
export interface Arrived {
  stream: string;
  timings: KernelTimings;
  /** Read it, for an image of this size; throws if that is not possible. */
  read(size: { width: number; height: number }): ReadResult;
  up: number;
  down: number;
  at: number;
}

/** A frame that nobody has answered for yet. */
export function unanswered(since: number, capture: number): Pending {
  return { since, capture, inKernel: false, results: [], skipped: false, localLeft: 0 };
}

/** Whether all that the kernel owes of a frame has come: its answers and its image. */
export function hasKernelsAnswers({ left, image, decoding }: Pending): boolean {
  return left === 0 && (image !== undefined || decoding === true);
}
