/**
 * Where the time between camera and screen goes.
 *
 * Browser and kernel have a clock each. Their offset is estimated as NTP does: from the
 * message pair with the shortest round trip of late, assuming that its two ways took equally
 * long.
 */

interface Exchange {
  /** By the browser's clock, ms. */
  sent: number;
  answered: number;
  /** By the kernel's clock, ms. */
  received: number;
  replied: number;
}

/** How many exchanges back the shortest round trip is looked for. */
const MEMORY = 100;

export class ClockOffset {
  private readonly recent: { roundTrip: number; offset: number }[] = [];

  /** Time on the way up and down in ms, of an exchange that just ended. */
  ways(exchange: Exchange): { up: number; down: number } {
    const there = exchange.received - exchange.sent;
    const back = exchange.replied - exchange.answered;
    const roundTrip = exchange.answered - exchange.sent - (exchange.replied - exchange.received);
    this.recent.push({ roundTrip, offset: (there + back) / 2 });
    if (this.recent.length > MEMORY) this.recent.shift();
    const offset = this.offset();
    // The offset is an estimate: it may put one way below zero by a little.
    const up = Math.min(Math.max(there - offset, 0), roundTrip);
    return { up, down: roundTrip - up };
  }

  /** A time of the kernel's clock by the browser's, ms. */
  toBrowser(time: number): number {
    return time - this.offset();
  }

  /** How far the kernel's clock is ahead, ms; 0 where nothing is known. */
  private offset(): number {
    const [first, ...rest] = this.recent;
    if (!first) return 0;
    return rest.reduce((best, each) => (each.roundTrip < best.roundTrip ? each : best), first)
      .offset;
  }
}

/** Milliseconds since 1970 by the browser's clock, finer than Date.now(). */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
