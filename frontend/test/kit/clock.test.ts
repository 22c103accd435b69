import { describe, expect, it } from "vitest";
import { ClockOffset } from "../../src/kit/clock";

/** An exchange of a kernel whose clock is `ahead` ms ahead of the browser's. */
function exchange(start: number, up: number, work: number, down: number, ahead: number) {
  return {
    sent: start,
    received: start + up + ahead,
    replied: start + up + work + ahead,
    answered: start + up + work + down,
  };
}

describe("ClockOffset", () => {
  it("splits a round trip although the clocks differ by minutes", () => {
    const clock = new ClockOffset();
    expect(clock.ways(exchange(0, 4, 10, 4, 120_000))).toEqual({ up: 4, down: 4 });
    const slow = clock.ways(exchange(100, 4, 10, 30, 120_000));
    expect(slow.up).toBeCloseTo(4);
    expect(slow.down).toBeCloseTo(30);
  });

  it("never gives a way less than no time", () => {
    const clock = new ClockOffset();
    clock.ways(exchange(0, 10, 5, 2, 0));
    const { up, down } = clock.ways(exchange(50, 2, 5, 11, 0));
    expect(up).toBeGreaterThanOrEqual(0);
    expect(down).toBeGreaterThanOrEqual(0);
    expect(up + down).toBeCloseTo(13);
  });
});
