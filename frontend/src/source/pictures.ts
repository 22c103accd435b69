/** Where a source's pictures go, which is said wherever it matters. */
import type { Origin, WantedResults } from "../generated";
import type { EngineSettings } from "./engine_messages";
import { IN_KERNEL } from "./origins";

/**
 * `"sent"` to the kernel, for models that run there, or they come from there; `"asked"`: models run
 * in the page, but Python asks for their results with the pictures; they `"stay"` in the browser,
 * also where Python asks for the `"results alone"`.
 */
export type Pictures = "sent" | "asked" | "results alone" | "stay";

type Who = Pick<EngineSettings, "localStreams" | "kernelStreams" | "resultsWanted">;

export function whereTo(
  origin: Origin,
  { localStreams, kernelStreams, resultsWanted }: Who,
): Pictures {
  if (IN_KERNEL.includes(origin) || kernelStreams || localStreams.length === 0) return "sent";
  return WHERE[resultsWanted];
}

const WHERE: Record<WantedResults, Pictures> = {
  none: "stay",
  alone: "results alone",
  with_images: "asked",
};

/** What is said while it is live; empty for what is usual. */
export const WHILE_LIVE: Record<Pictures, string> = {
  sent: "",
  asked: "Pictures go to Python, which asks for results.",
  "results alone": "Pictures stay in this browser. Python gets only masks and poses.",
  stay: "Pictures stay in this browser.",
};
