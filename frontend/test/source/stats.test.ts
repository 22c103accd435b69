import { describe, expect, it } from "vitest";
import { median, RecentStats, STAGES, type StageTimes } from "../../src/source/stats";

const stages = (ms: number) => Object.fromEntries(STAGES.map((stage) => [stage, ms])) as StageTimes;

describe("median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe("RecentStats", () => {
  it("counts what was drawn per second", () => {
    const stats = new RecentStats();
    for (let at = 0; at <= 1000; at += 50) stats.add({ at, stages: stages(2), total: 14 });
    const now = stats.at(1000);
    expect(now?.rate).toBeCloseTo(20);
    expect(now?.stages.infer).toBe(2);
    expect(now?.total).toBe(14);
  });

  it("forgets what is long past", () => {
    const stats = new RecentStats();
    stats.add({ at: 0, stages: stages(1), total: 7 });
    expect(stats.at(60_000)).toBeNull();
  });
});
