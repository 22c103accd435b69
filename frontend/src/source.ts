/** What a `webcam` widget provides to the page's other widgets. */

import type { Mask } from "./mask";
import type { Picture } from "./picture";
import type { Pose } from "./pose";
import type { KernelTimings } from "./protocol";
import type { Stats } from "./stats";

export type SourceKind = "idle" | "starting" | "live" | "waiting" | "failed" | "lost";

export interface SourceState {
  kind: SourceKind;
  /** One sentence; empty where there is nothing to say. */
  message: string;
  /** Whether the sample picture would be a way out. */
  offerSample: boolean;
}

export interface MaskedPicture {
  picture: Picture;
  mask: Mask;
}

/** What the kernel said of a frame. */
export interface Answered extends MaskedPicture {
  poses: Pose[];
  timings: KernelTimings;
  up: number;
  down: number;
}

export interface Source {
  readonly state: SourceState;
  /** Where the pictures come from. */
  readonly kind: "camera" | "sample" | "stream";
  onState(listener: () => void, signal: AbortSignal): void;
  start(): void;
  stop(): void;
  useSample(): void;
  /** Whether the control that stops it is displayed; without it, it does not run. */
  readonly hasControl: boolean;
  /**
   * Count a view, or the control, as displayed until `signal`. Frames are taken only while a
   * view can be seen.
   */
  watch(element: Element, role: "view" | "control", signal: AbortSignal): void;
  /** Get each result of a stream; hold() the picture that outlives the call. */
  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void;
  /** A view has drawn the result it got last. */
  drawn(stream: string, frame: number): void;
  stats(stream: string): Stats | null;
}
