/** Checks that the kernel handles messages, and keeps the source alive. */
import { KEEP_ALIVE_SECONDS } from "../../generated";
import { now } from "../../kit/clock";
import type { Channel } from "../../transport/channel";
import type { Frames } from "./frames";
import type { Session } from "./session";

/** An idle kernel answers in a few ms; after this much silence (ms) it gets a ping. */
const SILENCE = 1000;
const CHECK_INTERVAL = 250;
/** How often the round trip is measured while frames are in flight, ms. */
const MEASURE_INTERVAL = 2000;

/** Monitors one session until it ends. */
export class Liveness {
  private busy = false;
  /** When an unanswered ping was sent; null for none. */
  private pinged: number | null = null;
  /** Since when something other than a frame is awaited. */
  private expected: number | null = null;
  private keptAlive = 0;
  private measured = 0;

  /** @param changed called with whether the kernel is busy with a cell */
  constructor(
    private readonly channel: Channel,
    private readonly page: string,
    private readonly frames: Frames,
    private readonly session: Session,
    private readonly changed: (busy: boolean) => void,
  ) {
    const { signal } = session;
    channel.onMessage(() => this.onMessage(), signal);
    const timer = setInterval(() => this.check(), CHECK_INTERVAL);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Count waiting for this answer as silence. */
  async expect<T>(answer: Promise<T>): Promise<T> {
    this.expected = now();
    try {
      return await answer;
    } finally {
      this.expected = null;
    }
  }

  private onMessage(): void {
    this.pinged = null;
    this.report(false);
  }

  private report(busy: boolean): void {
    if (busy === this.busy) return;
    this.busy = busy;
    this.changed(busy);
  }

  private check(): void {
    const { channel, page, session } = this;
    if (!channel.alive) return;
    const time = now();
    if (session.inKernel && time - this.keptAlive > 1000 * KEEP_ALIVE_SECONDS) {
      this.keptAlive = time;
      channel.send({ kind: "keep_alive", page, video: session.video });
    }
    if (this.frames.inFlight.isFlying && time - this.measured >= MEASURE_INTERVAL) {
      this.measured = time;
      channel.send({ kind: "ping", page, asked: time });
    }
    if (this.pinged === null) {
      // The stream may be loading a model; only a kernel that does not answer a ping is busy.
      const since = this.expected;
      const silence = since === null ? this.frames.inFlight.silence(time) : time - since;
      if (silence < SILENCE) return;
    } else if (time - this.pinged > SILENCE) {
      this.report(true);
      // The last ping may be waiting for the running cell, see askForSample.
    } else {
      return;
    }
    this.pinged = time;
    channel.send({ kind: "ping", page, asked: time });
  }
}
