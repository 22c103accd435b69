/** The program of the frame worker, which also runs in pages that may not start workers. */
import { openDifference } from "../compare/worker/difference_display";
import { openEffectTime } from "../effects/worker/effect_time";
import type { Displays } from "../source/worker/display";
import { Engine } from "../source/worker/engine";
import { openHistogram } from "../view/worker/histogram_display";
import { openView } from "../view/worker/view_display";

const DISPLAYS: Displays = {
  view: openView,
  difference: openDifference,
  histogram: openHistogram,
  effect_time: openEffectTime,
};

/** Serve the page's half of a source, until it closes. */
export function serve(port: MessagePort): Promise<void> {
  return new Promise((resolve) => {
    new Engine(port, DISPLAYS, resolve);
  });
}

if ("WorkerGlobalScope" in globalThis) {
  addEventListener("message", ({ ports }) => {
    const [port] = ports;
    if (port) void serve(port).then(() => postMessage("ended"));
  });
  // The page hears of a worker's errors, but not of these.
  addEventListener("unhandledrejection", ({ reason }) => reportError(reason));
  postMessage("ready");
}
