import type { Host } from "@anywidget/types";
import type { ClassName, StreamState, Topology, WeightsOffer } from "../generated";
import type { RunningOn } from "../inference/inference_messages";
import { findExports, modelId, type Reference } from "../kit/reference";
import type { Source } from "../source/source";

/** What a `segmentation_stream` widget exports to the page's other widgets. */
export interface Stream {
  /** The source of its frames. */
  readonly webcam: Reference;
  /** The name of its model, and the model and its variant in words. */
  readonly modelName: string;
  readonly label: string;
  /** Whether its model runs in the page. */
  readonly isInPage: boolean;
  readonly state: StreamState;
  readonly message: string;
  /** What the page runs it with, and why; empty where the kernel runs it, or before it is decided. */
  readonly runningOn: "" | RunningOn;
  readonly runningWhy: string;
  /** The keypoints of its model's poses; null for models without poses. */
  readonly topology: Topology | null;
  /** The classes that its model tells apart; empty if it only tells people from background. */
  readonly classes: ClassName[];
  /** Whether its results say which person a pixel belongs to. */
  readonly tellsPeople: boolean;
  /** The weights that its model needs and that can be downloaded; null if there are none. */
  readonly weights: WeightsOffer | null;
  /** Have Python download them, or cancel that. */
  download(begin: boolean): void;
  onState(listener: () => void, signal: AbortSignal): void;
}

/** A stream with its id and source. */
export interface FoundStream {
  /** Its id in messages. */
  id: string;
  stream: Stream;
  source: Source;
}

/** The stream behind a reference, and its source; null if one of them was closed. */
export async function findStream(host: Host, reference: Reference): Promise<FoundStream | null> {
  const stream = await findExports<Stream>(host, reference);
  const source = stream && (await findExports<Source>(host, stream.webcam));
  return source && { id: modelId(reference), stream, source };
}
