import { describe, expect, it } from "vitest";
import { FRAMES_IN_FLIGHT } from "../../src/generated";
import { Flow } from "../../src/source/in_flight";

describe("Flow", () => {
  it("lets two frames fly and no more", () => {
    const flow = new Flow();
    for (let frame = 1; frame <= FRAMES_IN_FLIGHT; frame += 1) {
      expect(flow.mayCapture()).toBe(true);
      flow.take(frame, 0);
    }
    expect(flow.mayCapture()).toBe(false);
  });

  it("lets the next frame fly with the first mask, though a slower stream still works", () => {
    const flow = new Flow();
    flow.take(1, 0);
    flow.take(2, 0);
    flow.answer(1, "result", 1, 10);
    expect(flow.mayCapture()).toBe(true);
  });

  it("waits for the other streams where one left the frame out", () => {
    const flow = new Flow();
    flow.take(1, 0);
    flow.take(2, 0);
    flow.answer(1, "skipped", 1, 10);
    expect(flow.mayCapture()).toBe(false);
    flow.answer(1, "skipped", 0, 10);
    expect(flow.mayCapture()).toBe(true);
  });

  it("is silent only while frames wait for an answer", () => {
    const flow = new Flow();
    expect(flow.silence(500)).toBe(0);
    flow.take(1, 1000);
    expect(flow.silence(1800)).toBe(800);
    flow.take(2, 1900);
    flow.answer(1, "result", 0, 2000);
    expect(flow.silence(2300)).toBe(300);
  });
});
