/** Displays: what is computed or drawn of results for one rendered widget. */
import type { EffectResults } from "./effect_result";
import type { StreamResults } from "./stream_results";
import type { Together } from "./together";

/** `"view"` and `"difference"` draw, `"histogram"` counts, `"effect_time"` reports durations. */
export type DisplayKind = "view" | "difference" | "histogram" | "effect_time";

/** What a display gets its results from and talks to. */
export interface DisplayContext {
  results: StreamResults;
  effects: EffectResults;
  /** Has numbers and charts told to the page, those of all displays at once. */
  figures: Together;
  /** To the page's half. */
  port: MessagePort;
  /** Ends with the page's half, or the source. */
  signal: AbortSignal;
}

/** Open a display; it ends with the context's signal. */
export type OpenDisplay<Init> = (init: Init, context: DisplayContext) => void;

/** How to open each kind; its page's half knows the type of `init`. */
export type Displays = Readonly<Record<DisplayKind, OpenDisplay<never>>>;
