import { FRAMES_IN_FLIGHT, MOST_FRAMES_IN_FLIGHT } from "../../generated";

/** Round trips from which on one frame more flies, ms. */
const FAR = [20, 40];
/** How many recent round trips count. */
const MEMORY = 5;

/** How many frames may fly at a time, so that none waits while another travels. */
export function framesInFlight(roundTrip: number): number {
  const more = FAR.filter((least) => roundTrip >= least).length;
  return Math.min(FRAMES_IN_FLIGHT + more, MOST_FRAMES_IN_FLIGHT);
}

/**
 * Counts the frames in flight, so that they never queue. A frame is in flight from its capture
 * until the first stream answers with a result, or all have skipped it: slower streams do not delay
 * the next frame. If all streams have to show the same frame, it is in flight until the last
 * answer.
 */
export class InFlight {
  private readonly flying = new Map<number, number>();
  private lastAnswer = 0;
  private readonly roundTrips: number[] = [];
  private most = FRAMES_IN_FLIGHT;

  /** @param together whether all streams have to show the same frame: a third one would be skipped */
  mayCapture(together = false): boolean {
    return this.flying.size < (together ? FRAMES_IN_FLIGHT : this.most);
  }

  /** Whether any is in flight. */
  get isFlying(): boolean {
    return this.flying.size > 0;
  }

  /** Take the round trip of a ping into account, ms: the shortest counts, as others had to wait. */
  measure(roundTrip: number): void {
    this.roundTrips.push(roundTrip);
    if (this.roundTrips.length > MEMORY) this.roundTrips.shift();
    this.most = framesInFlight(Math.min(...this.roundTrips));
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

  /** Forget how far away the kernel is: messages go another way. */
  forgetWay(): void {
    this.roundTrips.length = 0;
    this.most = FRAMES_IN_FLIGHT;
  }

  clear(): void {
    this.flying.clear();
  }
}
