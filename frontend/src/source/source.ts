/** What a `webcam` widget exports to the page's other widgets. */

import type { KernelTimings, Origin } from "../generated";
import type { TimelineState } from "./frame_index";
import type { Mask } from "./mask";
import type { Pose } from "./pose";
import type { SharedImage } from "./shared_image";
import type { Stats } from "./stats";

/** `message` is for users; it may be empty. */
export type SourceState =
  | { kind: "idle" | "lost"; message: string }
  | { kind: "live" | "waiting"; message: string }
  | {
      kind: "starting";
      message: string;
      /** Progress, 0 to 1; null if unknown. */
      share: number | null;
    }
  | {
      kind: "failed";
      message: string;
      /** Whether to offer the sample image instead. */
      offerSample: boolean;
    };

export interface MaskedImage {
  image: SharedImage;
  mask: Mask;
}

/** What the kernel said of a frame. */
export interface Answered extends MaskedImage {
  poses: Pose[];
  timings: KernelTimings;
  up: number;
  down: number;
}

/** What a view is told of its Python effect: an image and how long it took, or what went wrong. */
export interface EffectListener {
  result(effect: string, answered: Answered, took: number): void;
  error(effect: string, message: string): void;
}

export interface Source {
  readonly state: SourceState;
  /** Where the images come from. */
  readonly kind: Origin;
  /** Whether the frame that is shown stays. */
  readonly paused: boolean;
  /** Called when the state changes, and with pausing. */
  onState(listener: () => void, signal: AbortSignal): void;
  start(): void;
  stop(): void;
  useSample(): void;
  /** Take the images from a file of this computer; it is sent to the kernel. */
  openFile(file: File): void;
  togglePause(): void;
  /** Pause, and show the frame so many later, or earlier. */
  step(by: number): void;
  /** Pause, and show the frame at this place of the timeline. */
  seek(index: number): void;
  timeline(): TimelineState;
  /** Whether the control that stops it is displayed; without it, it does not run. */
  readonly hasControl: boolean;
  /**
   * Count a view, or the control, as displayed until `signal`. Frames are taken only while a
   * view can be seen.
   */
  watch(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void;
  /**
   * Get each result of a stream, and the last one at once; hold() the image that outlives the
   * call.
   */
  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void;
  /** Get what the Python effect of this view makes; hold() the image that outlives that. */
  onEffectResult(view: string, listener: EffectListener, signal: AbortSignal): void;
  /** A view has drawn this frame's result. */
  drawn(stream: string, frame: number): void;
  stats(stream: string): Stats | null;
}
