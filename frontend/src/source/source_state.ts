/** What a source is doing. */

/** `message` is for users; it may be empty. */
export type SourceState =
  | { kind: "idle" | "lost"; message: string }
  /** Started, but nobody needs its frames, or its control is not on the page. */
  | { kind: "on hold"; message: string }
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
