/** What frames belong to, and whom they are for. */
import type { WantedResults } from "../../generated";
import type { SharedImage } from "./shared_image";

/** The session that the frames belong to. */
export interface FrameSession {
  /** Its number in this page. */
  readonly video: number;
  /** Whether the kernel has the images. */
  readonly inKernel: boolean;
  /** Aborts when it ends. */
  readonly signal: AbortSignal;
  /** Whether it is paused. */
  readonly paused: boolean;
  /** Whether to show a frame: while paused, only requested ones. */
  wants(image: SharedImage): boolean;
  /** A live frame was captured, or received. */
  noteLive(id: number, captured: number): void;
  /** The number of the oldest frame that can be shown again; null if none can. */
  readonly oldest: number | null;
  /** The kernel keeps no frames before this one. */
  noteOldest(id: number): void;
  /** The number of the frame that was requested last, if by this request; else null. */
  sought(frame: number): number | null;
  /** The requested frame has expired. */
  noteExpired(frame: number): void;
  /** An answer came; waiting requests can be sent. */
  proceed(): void;
  /** The frames in flight are lost. */
  restart(): void;
  fail(message: string): void;
}

/** Who gets frames; see `PageWork` in Python. */
export interface FrameNeeds {
  /** Whether all streams have to show the same frame. */
  together: boolean;
  /** Whether models in the kernel need frames. */
  kernelStreams: boolean;
  /** Which results of the page Python wants. */
  resultsWanted: WantedResults;
}
