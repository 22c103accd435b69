import type { Topology } from "../source/pose";

/** What a `segmentation_stream` widget provides to the page's other widgets. */
export interface Stream {
  readonly label: string;
  readonly state: "loading" | "ready" | "failed";
  readonly message: string;
  /** The keypoints of its model's poses; null where the model finds masks only. */
  readonly topology: Topology | null;
  onState(listener: () => void, signal: AbortSignal): void;
}
