/** A widget's model in a page without a kernel: nobody else hears of its changes. */
import type { AnyModel } from "@anywidget/types";

type Callback = (...args: unknown[]) => void;

/** A message of a widget to its half in the kernel, and what answers in place of that. */
export type Answer = (content: { kind: string }, reply: Reply) => void;
export type Reply = (content: object, buffers?: DataView[]) => void;

export class LiveModel {
  private readonly callbacks = new Map<string, Set<Callback>>();

  /** @param answer answers messages */
  constructor(
    private readonly traits: Record<string, unknown>,
    readonly widget_manager: AnyModel["widget_manager"],
    private readonly answer: Answer,
  ) {}

  get(name: string): unknown {
    return this.traits[name];
  }

  set(name: string, value: unknown): void {
    if (Object.is(this.traits[name], value)) return;
    this.traits[name] = value;
    this.fire(`change:${name}`);
  }

  save_changes(): void {
    // There is nobody to save them for.
  }

  send(content: { kind: string }): void {
    // As over a network: not before this has returned.
    queueMicrotask(() =>
      this.answer(content, (reply, buffers = []) => this.fire("msg:custom", reply, buffers)),
    );
  }

  on(event: string, callback: Callback): void {
    const all = this.callbacks.get(event) ?? new Set();
    this.callbacks.set(event, all.add(callback));
  }

  /** Without arguments: all. */
  off(event?: string, callback?: Callback): void {
    if (event === undefined) this.callbacks.clear();
    else if (callback) this.callbacks.get(event)?.delete(callback);
  }

  private fire(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.callbacks.get(event) ?? [])]) callback(...args);
  }
}
