/** What the two halves of a Python effect's duration say to each other. */

export interface EffectTimeInit {
  /** The view that shows the effect. */
  view: string;
}

/** To the page: how long the effect took for a frame, ms; null where nothing is shown. */
export interface EffectTime {
  effect: string;
  took: number;
}
