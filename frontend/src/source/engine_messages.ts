/**
 * What the two halves of a source say to each other: the page's half, and the engine, which runs
 * everything that concerns frames.
 */
import type { LocalStream, OpenMessage, Origin, WantedResults } from "../generated";
import type { LinkAddress, NoLink } from "../transport/link_address";
import type { Way } from "../transport/way";
import type { Stats } from "./stats";
import type { TimelineState } from "./timeline_state";
import type { DisplayKind } from "./worker/display";

/** Settings that may change while a source runs. */
export interface EngineSettings {
  /** Larger images are scaled down to fit, pixels. */
  width: number;
  height: number;
  /** How many seconds of frames the kernel keeps. */
  history: number;
  /** Whether all streams have to show the same frame. */
  together: boolean;
  /** The streams whose models run in the page. */
  localStreams: LocalStream[];
  /** Whether models in the kernel need frames. */
  kernelStreams: boolean;
  /** Which results of the page Python wants. */
  resultsWanted: WantedResults;
}

/**
 * Images that the page captures: a stream of them, or a port on which they arrive one by one. Each
 * has to be closed, and on a port answered (with anything): the next one comes only then.
 */
export type CapturedImages = ReadableStream<VideoFrame> | MessagePort;

/** What the kernel is asked to open. */
export type KernelSource = Omit<OpenMessage, "kind" | "page" | "video">;

/** What a session shows. */
export type Opening =
  | { kind: "captured"; images: CapturedImages }
  | { kind: "sample"; width: number; height: number }
  | { kind: "in kernel"; wanted: KernelSource };

/** From the page; `task` numbers sessions and file transfers together. */
export type Command =
  /** The kernel can be reached: over the comm at the other end of the port, or over a link. */
  | { kind: "connect"; page: string; comm: MessagePort; link: LinkAddress | NoLink }
  | { kind: "settings"; settings: EngineSettings }
  /** Whether anyone needs frames. */
  | { kind: "needed"; needed: boolean }
  | { kind: "begin"; task: number; origin: Origin; opening: Opening; paused: boolean }
  /** The page has closed what it captured; the session goes on with other images, or ends. */
  | { kind: "let go"; task: number }
  | { kind: "take up"; task: number; images: CapturedImages }
  | { kind: "store"; task: number; file: File }
  | { kind: "end"; task: number }
  /** `request` numbers these three; each is answered with a `timeline`. */
  | { kind: "pause"; paused: boolean; request: number }
  | { kind: "step"; by: number; request: number }
  | { kind: "seek"; index: number; request: number }
  /** Open a display; `id` numbers them. */
  | { kind: "display"; id: number; display: DisplayKind; init: object; port: MessagePort }
  | { kind: "end display"; id: number }
  /** Nothing is shown any more: forget all results. */
  | { kind: "clear" }
  /** Nothing else will come. */
  | { kind: "close" };

/** From the engine. */
export type News =
  | { kind: "opened"; task: number }
  /** `share` is 0 to 1, or null if unknown. */
  | { kind: "progress"; task: number; message: string; share: number | null }
  /** What is wrong while it goes on; empty if nothing is. */
  | { kind: "notice"; task: number; message: string }
  /** Whether the kernel is busy with a cell. */
  | { kind: "busy"; task: number; busy: boolean }
  /** It has paused by itself. */
  | { kind: "paused"; task: number }
  /** `request` is the last one that it takes into account; 0 for none. */
  | { kind: "timeline"; task: number; timeline: TimelineState; request: number }
  /** It has ended by itself, and cannot be sought in. */
  | { kind: "ended"; task: number }
  | { kind: "failed"; task: number; message: string }
  | { kind: "stored"; task: number; path: string }
  /** How frames go to the kernel. */
  | { kind: "way"; way: Way | null }
  /** Whether there are results to show. */
  | { kind: "results"; any: boolean }
  /** Of all streams with something drawn lately. */
  | { kind: "stats"; stats: Record<string, Stats> };
