/** What is done so seldom that it can be read, but after the last change for certain. */
import { now } from "./clock";

export class Throttle {
  private done = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** @param interval least time from one `action` to the next, ms */
  constructor(
    private readonly action: () => void,
    private readonly interval: number,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.rest());
  }

  /** Have it done: now, or when the last time is long enough ago. */
  ask(): void {
    const rest = this.done + this.interval - now();
    if (rest <= 0) this.act();
    else this.timer ??= setTimeout(() => this.act(), rest);
  }

  private rest(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private act(): void {
    this.rest();
    this.done = now();
    this.action();
  }
}
