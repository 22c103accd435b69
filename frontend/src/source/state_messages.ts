/** What is said of a source's states. */
import type { Origin } from "../generated";
import type { Loss } from "../transport/channel";
import type { KernelStatus } from "../transport/kernel_status";
import type { Way } from "../transport/way";
import { SWITCHED_OFF } from "./origins";

const RERUN = "Run the cell again to create a new one.";

export const LOST: Record<Loss, string> = {
  kernel: "The kernel was restarted or shut down. Run the cell again to continue.",
  closed: `This source was closed. ${RERUN}`,
};

export const WITHOUT_KERNEL =
  "The kernel was restarted or shut down. Models that run in this browser go on; for all else, run " +
  "the cell again.";

export function unconnected(error: unknown): string {
  return `This source has no connection to the kernel (${String(error)}). ${RERUN}`;
}

const DISCONNECTED =
  "The connection to the Jupyter server is lost, so new masks have to wait. They continue when it " +
  "is back.";

const BUSY =
  "Python is busy running a cell, so new masks have to wait. To get masks while cells run, turn on " +
  "Settings > Kernels > “Kernel Comms over subshells”.";

const SILENT =
  "Python does not answer, so new masks have to wait. They continue when it has time again, or " +
  "when a connection that was lost is back.";

/** What to say of a kernel that does not answer on this way. */
export function whyWaiting(
  kernel: Pick<KernelStatus, "connected" | "runsCell"> | null,
  way: Way | null,
): string {
  if (kernel && !kernel.connected) return DISCONNECTED;
  // On the link, cells keep no message waiting.
  return kernel?.runsCell && way?.kind !== "direct" ? BUSY : SILENT;
}

export const SWITCHING_ON = "Switching the camera on again.";

const NOT_NEEDED = "no view is on screen, and no Python code asks for results";
const NO_STOP =
  "its Stop button is not on the page (its output is hidden, or another document is in front)";

/**
 * Why a source is on hold.
 *
 * @param canStop whether its Stop button is on the page
 * @param off whether what it captures is switched off
 */
export function holdMessage(origin: Origin, canStop: boolean, off: boolean): string {
  const switched = off && SWITCHED_OFF.includes(origin) ? " The camera is off." : "";
  return `On hold: ${canStop ? NOT_NEEDED : NO_STOP}.${switched} It goes on by itself.`;
}
