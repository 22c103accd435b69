/** The states of a source that is started, and what is said of them. */
import type { Origin } from "../generated";
import type { KernelStatus } from "../transport/kernel_status";
import type { Way } from "../transport/way";
import { openingMessage } from "./open_source";
import type { SourceState } from "./source_state";
import { holdMessage, SWITCHING_ON, WITHOUT_KERNEL, whyWaiting } from "./state_messages";
import type { Task } from "./task";

type Running = Extract<SourceState, { kind: "starting" | "live" | "waiting" | "on hold" }>;

/** The public state, with what the engine does in it. */
export type State = Exclude<SourceState, Running> | (Running & { task: Task | null });

export const IDLE: State = { kind: "idle", message: "" };

/** What a task's state follows from, besides the task. */
export interface Circumstances {
  origin: Origin;
  kernel: KernelStatus | null;
  way: Way | null;
  /** Whether anyone needs frames. */
  isNeeded: boolean;
  /** Whether its Stop button is on the page. */
  canStop: boolean;
  /** Whether the kernel has ended, and models in the page go on. */
  withoutKernel: boolean;
}

export function heldState(task: Task | null, { origin, canStop }: Circumstances): State {
  const message = holdMessage(origin, canStop, task?.isOff ?? true);
  return { kind: "on hold", message, task };
}

/** What a session does. */
export function stateOf(task: Task, circumstances: Circumstances): State {
  const { origin, kernel, way, isNeeded, withoutKernel } = circumstances;
  const starting = (message: string): State => ({ kind: "starting", message, share: null, task });
  if (task.isOpen && !isNeeded) return heldState(task, circumstances);
  if (task.isBusy && !withoutKernel)
    return { kind: "waiting", message: whyWaiting(kernel, way), task };
  if (!task.isOpen) return starting(openingMessage(origin));
  if (task.isSwitchingOn) return starting(SWITCHING_ON);
  return { kind: "live", message: withoutKernel ? WITHOUT_KERNEL : task.notice, task };
}
