/** The frame worker's entry: what it can display. */
import { openDifference } from "../compare/worker/difference_display";
import { openEffectTime } from "../effects/worker/effect_time";
import type { Displays } from "../source/worker/display";
import { openHistogram } from "../view/worker/histogram_display";
import { openView } from "../view/worker/view_display";

export const displays: Displays = {
  view: openView,
  difference: openDifference,
  histogram: openHistogram,
  effect_time: openEffectTime,
};
