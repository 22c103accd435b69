import { describe, expect, it } from "vitest";
import { FRAMES_IN_FLIGHT } from "../../src/generated";
import { framesInFlight, InFlight } from "../../src/source/worker/in_flight";

describe("InFlight", () => {
  it("lets two frames fly and no more", () => {
    const inFlight = new InFlight();
    for (let frame = 1; frame <= FRAMES_IN_FLIGHT; frame += 1) {
      expect(inFlight.mayCapture()).toBe(true);
      inFlight.take(frame, 0);
    }
    expect(inFlight.mayCapture()).toBe(false);
  });

  it("lets the next frame fly with the first mask, though a slower stream still works", () => {
    const inFlight = new InFlight();
    inFlight.take(1, 0);
    inFlight.take(2, 0);
    inFlight.answer(1, "result", 1, 10);
    expect(inFlight.mayCapture()).toBe(true);
  });

  it("waits for the other streams where one left the frame out", () => {
    const inFlight = new InFlight();
    inFlight.take(1, 0);
    inFlight.take(2, 0);
    inFlight.answer(1, "skipped", 1, 10);
    expect(inFlight.mayCapture()).toBe(false);
    inFlight.answer(1, "skipped", 0, 10);
    expect(inFlight.mayCapture()).toBe(true);
  });

  it("is silent only while frames wait for an answer", () => {
    const inFlight = new InFlight();
    expect(inFlight.silence(500)).toBe(0);
    inFlight.take(1, 1000);
    expect(inFlight.silence(1800)).toBe(800);
    inFlight.take(2, 1900);
    inFlight.answer(1, "result", 0, 2000);
    expect(inFlight.silence(2300)).toBe(300);
  });
});

describe("frames in flight", () => {
  it.each([
    [1, 2],
    [19, 2],
    [20, 3],
    [40, 4],
    [900, 4],
  ])("of a kernel that answers a ping in %d ms are %d", (roundTrip, most) => {
    expect(framesInFlight(roundTrip)).toBe(most);
  });

  it("are as many as the shortest of the recent round trips asks for", () => {
    const inFlight = new InFlight();
    for (const frame of [1, 2]) inFlight.take(frame, 0);
    for (const roundTrip of [50, 45, 60]) inFlight.measure(roundTrip);
    expect(inFlight.mayCapture()).toBe(true);
    inFlight.measure(5);
    expect(inFlight.mayCapture()).toBe(false);
    for (const roundTrip of [50, 50, 50, 50, 50]) inFlight.measure(roundTrip);
    expect(inFlight.mayCapture()).toBe(true);
  });

  it("stay two where all streams have to show the same one", () => {
    const inFlight = new InFlight();
    inFlight.measure(100);
    for (const frame of [1, 2]) inFlight.take(frame, 0);
    expect(inFlight.mayCapture(true)).toBe(false);
  });
});
