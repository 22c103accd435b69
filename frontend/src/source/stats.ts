/** Rates and medians over the last two seconds. */

export const STAGES = ["capture", "up", "wait", "decode", "infer", "down", "draw"] as const;
export type Stage = (typeof STAGES)[number];
export type StageTimes = Record<Stage, number>;

export interface Stats {
  /** Masks drawn per second. */
  rate: number;
  /** Median of each stage in ms. */
  stages: StageTimes;
  /** Median from capture to drawn in ms. */
  total: number;
}

/** Long enough for a steady number, short enough to follow a change. */
const WINDOW_MS = 2000;

interface Drawn {
  at: number;
  stages: StageTimes;
  total: number;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export class RecentStats {
  private drawn: Drawn[] = [];

  add(drawn: Drawn): void {
    this.drawn.push(drawn);
    this.forget(drawn.at);
  }

  /** The statistics at a time, or null if nothing was drawn lately. */
  at(time: number): Stats | null {
    this.forget(time);
    const [first] = this.drawn;
    if (!first) return null;
    const stages = Object.fromEntries(
      STAGES.map((stage) => [stage, median(this.drawn.map((each) => each.stages[stage]))]),
    ) as StageTimes;
    const span = Math.max(time - first.at, 1);
    const rate = this.drawn.length > 1 ? ((this.drawn.length - 1) * 1000) / span : 0;
    return { rate, stages, total: median(this.drawn.map((each) => each.total)) };
  }

  private forget(time: number): void {
    const start = this.drawn.findIndex((each) => each.at > time - WINDOW_MS);
    this.drawn = start < 0 ? [] : this.drawn.slice(start);
  }
}
