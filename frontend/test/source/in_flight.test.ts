import { describe, expect, it } from "vitest";
import { FRAMES_IN_FLIGHT } from "../../src/generated";
import { InFlight } from "../../src/source/worker/in_flight";

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
