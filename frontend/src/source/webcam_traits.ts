/** The traits of a `Webcam`. */
import type { AnyModel } from "@anywidget/types";
import type {
  CameraDevice,
  LocalStream,
  Origin,
  PageSource,
  RunState,
  WantedResults,
} from "../generated";
import type { Reference } from "../kit/reference";
import type { EngineSettings } from "./engine_messages";
import { IN_KERNEL } from "./origins";

export interface WebcamTraits {
  channel: Reference;
  _page: string;
  _wanted: boolean;
  _local_streams: LocalStream[];
  _kernel_streams: boolean;
  _results_wanted: WantedResults;
  _images_label: string;
  _loaded: number;
  source: Origin;
  stream: Reference;
  _stream_is_mirror: boolean;
  path: string;
  running: boolean;
  paused: boolean;
  loop: boolean;
  same_frame: boolean;
  state: RunState;
  message: string;
  devices: CameraDevice[];
  device_id: string;
  kernel_device: number;
  width: number;
  height: number;
  frame_rate: number;
  history: number;
  page_may_open: PageSource[];
}

/** The sources that have to be opened again when a setting changes; null for all. */
const CONCERNS: Partial<Record<keyof WebcamTraits, readonly Origin[] | null>> = {
  source: null,
  device_id: ["camera"],
  kernel_device: ["kernel camera"],
  path: ["file"],
  _loaded: ["file", "python"],
  stream: ["stream"],
  _stream_is_mirror: ["stream"],
  // Images of a screen or a stream keep their size and are scaled down one by one.
  width: ["camera", "sample", ...IN_KERNEL],
  height: ["camera", "sample", ...IN_KERNEL],
  frame_rate: ["camera", "kernel camera"],
};

/** Call `changed` when a setting changes for which the chosen source has to be opened again. */
export function onConcern(model: AnyModel<WebcamTraits>, changed: () => void): void {
  for (const [name, origins] of Object.entries(CONCERNS))
    model.on(`change:${name}`, () => {
      if (origins === null || origins.includes(model.get("source"))) changed();
    });
}

/** The traits that say where pictures go. */
export const PICTURES = ["_local_streams", "_kernel_streams", "_results_wanted"] as const;

/** The traits that the engine follows while a source runs. */
export const SETTINGS = ["width", "height", "history", "same_frame", ...PICTURES] as const;

export function settingsOf(model: AnyModel<WebcamTraits>): EngineSettings {
  return {
    width: model.get("width"),
    height: model.get("height"),
    history: model.get("history"),
    together: model.get("same_frame"),
    localStreams: model.get("_local_streams"),
    kernelStreams: model.get("_kernel_streams"),
    resultsWanted: model.get("_results_wanted"),
  };
}

/** Whether people see themselves in the source, as in a mirror. */
export function isMirror(model: AnyModel<WebcamTraits>): boolean {
  const source = model.get("source");
  return source === "camera" || (source === "stream" && model.get("_stream_is_mirror"));
}
