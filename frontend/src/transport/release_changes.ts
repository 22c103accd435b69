/** Changes of traits that wait for an answer to an earlier one, which a lost connection took along. */
import type { AnyModel } from "@anywidget/types";

/** What ipywidgets keeps of a model to send one change at a time; other front ends have no such. */
interface Throttled {
  /** How many changes are not answered. */
  _pending_msgs?: number;
  _handle_status?(message: { content: { execution_state: string } }): void;
}

/**
 * Have all models send what waits. ipywidgets sends a change once the kernel has answered the one
 * before: after a single answer that was lost, a model never told Python anything again.
 */
export async function releaseChanges(manager: AnyModel["widget_manager"]): Promise<void> {
  const { _models: models } = manager as { _models?: Record<string, Promise<Throttled>> };
  for (const model of await Promise.all(Object.values(models ?? {}))) {
    if (!model._pending_msgs) continue;
    model._pending_msgs = 1;
    model._handle_status?.({ content: { execution_state: "idle" } });
  }
}
