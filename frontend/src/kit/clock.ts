/**
 * Clocks. Browser and kernel have different ones. Their offset is estimated as in NTP: from the
 * recent exchange with the shortest round trip, assuming that both directions took equally long.
 */

interface Exchange {
  /** By the browser's clock, ms. */
  sent: number;
  answered: number;
  /** By the kernel's clock, ms. */
  received: number;
  replied: number;
}

/** Number of recent exchanges to search for the shortest round trip. */
const MEMORY = 100;

export class ClockOffset {
  private readonly recent: { roundTrip: number; offset: number }[] = [];

  /** Return the travel times of a completed exchange in each direction, ms. */
  ways(exchange: Exchange): { up: number; down: number } {
    const there = exchange.received - exchange.sent;
    const back = exchange.replied - exchange.answered;
    const roundTrip = exchange.answered - exchange.sent - (exchange.replied - exchange.received);
    this.recent.push({ roundTrip, offset: (there + back) / 2 });
    if (this.recent.length > MEMORY) this.recent.shift();
    const offset = this.offset();
    // The offset is an estimate, so one direction may come out slightly negative.
    const up = Math.min(Math.max(there - offset, 0), roundTrip);
    return { up, down: roundTrip - up };
  }

  /** Convert a time of the kernel's clock to the browser's, ms. */
  toBrowser(time: number): number {
    return time - this.offset();
  }

  /** How far the kernel's clock is ahead, ms; 0 if unknown. */
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
