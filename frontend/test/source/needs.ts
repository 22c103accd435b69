/** Who gets frames in tests: nobody in the page, unless a test says so. */
import type { FrameNeeds } from "../../src/source/worker/frame_session";
import { LocalStreams } from "../../src/source/worker/local_streams";

export const KERNEL_ONLY: FrameNeeds = {
  together: false,
  kernelStreams: true,
  resultsWanted: "none",
};

export function noLocalStreams(): LocalStreams {
  return new LocalStreams({ assets: null, answer: () => undefined, tell: () => undefined });
}
