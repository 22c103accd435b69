/** Limits how often something happens; the last request is never lost. */
import { now } from "./clock";

export class Throttle {
  private done = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** @param interval minimum time between actions, ms */
  constructor(
    private readonly action: () => void,
    private readonly interval: number,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.cancel());
  }

  /** Run the action now, or as soon as the interval allows. */
  request(): void {
    const wait = this.done + this.interval - now();
    if (wait <= 0) this.act();
    else this.timer ??= setTimeout(() => this.act(), wait);
  }

  private cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private act(): void {
    this.cancel();
    this.done = now();
    this.action();
  }
}
