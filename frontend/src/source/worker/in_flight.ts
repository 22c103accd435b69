import { FRAMES_IN_FLIGHT } from "../../generated";

/**
 * Counts the frames in flight, so that they never queue. A frame is in flight from its capture
 * until the first stream answers with a result, or all have skipped it: slower streams do not delay
 * the next frame. If all streams have to show the same frame, it is in flight until the last
 * answer.
 */
export class InFlight {
  private readonly flying = new Map<number, number>();
  private lastAnswer = 0;

  mayCapture(): boolean {
    return this.flying.size < FRAMES_IN_FLIGHT;
  }

  take(frame: number, time: number): void {
    if (this.flying.size === 0) this.lastAnswer = time;
    this.flying.set(frame, time);
  }

  answer(
    frame: number,
    kind: "result" | "skipped" | "failed",
    left: number,
    time: number,
    together = false,
  ): void {
    this.lastAnswer = time;
    if ((kind === "result" && !together) || left === 0) this.flying.delete(frame);
  }

  /** Forget a frame that will not be answered. */
  forget(frame: number, time: number): void {
    this.lastAnswer = time;
    this.flying.delete(frame);
  }

  /** How long frames in flight have waited for an answer, ms; 0 if none is in flight. */
  silence(time: number): number {
    return this.flying.size === 0 ? 0 : time - this.lastAnswer;
  }

  clear(): void {
    this.flying.clear();
  }
}
