import { FRAMES_IN_FLIGHT } from "../generated";

/**
 * Counts the frames between browser and kernel, so that none ever queue.
 *
 * A frame is in flight from its capture until the first stream has answered it with a mask,
 * or all have left it out: the slower streams of several do not hold the next frame back. Where
 * all shall finish the same frames, it is in flight until the last has answered.
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

  /** There will be no answer to it. */
  forget(frame: number, time: number): void {
    this.lastAnswer = time;
    this.flying.delete(frame);
  }

  /** For how long frames in flight have had no answer, in ms; 0 where none is in flight. */
  silence(time: number): number {
    return this.flying.size === 0 ? 0 : time - this.lastAnswer;
  }

  clear(): void {
    this.flying.clear();
  }
}
