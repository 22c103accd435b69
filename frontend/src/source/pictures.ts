/** Where a source's pictures go, which is said wherever it matters. */
import type { Origin } from "../generated";
import type { EngineSettings } from "./engine_messages";
import { IN_KERNEL } from "./origins";

/**
 * `"sent"` to the kernel, for models that run there, or they come from there; `"asked"`: models run
 * in the page, but Python asks for their results, which go there with the pictures; they `"stay"`
 * in the browser.
 */
export type Pictures = "sent" | "asked" | "stay";

type Who = Pick<EngineSettings, "localStreams" | "kernelStreams" | "resultsWanted">;

export function whereTo(
  origin: Origin,
  { localStreams, kernelStreams, resultsWanted }: Who,
): Pictures {
  if (IN_KERNEL.includes(origin) || kernelStreams || localStreams.length === 0) return "sent";
  return resultsWanted ? "asked" : "stay";
}

/** What is said while it is live; empty for what is usual. */
export const WHILE_LIVE: Record<Pictures, string> = {
  sent: "",
  asked: "Pictures go to Python, which asks for results.",
  stay: "Pictures stay in this browser.",
};
