/** Passes the results of streams to the views that show them. */
import type { BrowserTimings } from "../../generated";
import { now } from "../../kit/clock";
import { Listeners } from "../../kit/listeners";
import { RecentStats, type StageTimes, type Stats } from "../stats";
import type { Answered } from "./answered";

/** Results of one stream. */
interface StreamRecord {
  listeners: Listeners<[Answered]>;
  stats: RecentStats;
  /** By frame, oldest first; results of Python effects are drawn later. */
  undrawn: Map<number, Undrawn>;
  /** For views that are displayed later. */
  last: Answered | null;
}

/** A result that is not drawn yet. */
interface Undrawn {
  captured: number;
  stages: Omit<StageTimes, "draw">;
  at: number;
}

/** Maximum number of undrawn results; a Python effect may take seconds for each. */
const MAX_UNDRAWN = 120;
/** How long a stream's last result is kept for views that are being moved, ms. */
const KEPT_UNSEEN = 5000;

export class StreamResults {
  /** Of the last drawn frame; the kernel is told with the next one. */
  lastTimings: Omit<BrowserTimings, "capture"> = { up: null, down: null, draw: null };
  private readonly records = new Map<string, StreamRecord>();
  private readonly clears = new Listeners<[]>();
  private isEmpty = true;

  /**
   * @param missing called if a new listener has no result to start with
   * @param filled called with whether there are results, when that changes
   */
  constructor(
    private readonly missing: () => void,
    private readonly filled: (any: boolean) => void,
  ) {}

  /** Listen for the moment when nothing is to be shown any more. */
  onClear(listener: () => void, signal: AbortSignal): void {
    this.clears.add(listener, signal);
  }

  /** Forget all results, and have nothing shown of them. */
  clear(): void {
    if (this.isEmpty) return;
    this.isEmpty = true;
    for (const record of this.records.values()) {
      forget(record);
      record.undrawn.clear();
      record.stats = new RecentStats();
    }
    this.clears.notify();
    this.filled(false);
  }

  /** Listen for a stream's results, starting with the last one; hold() an image to keep it. */
  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    const record = this.record(stream);
    record.listeners.add(listener, signal);
    if (record.last) listener(record.last);
    else this.missing();
    signal.addEventListener("abort", () => setTimeout(() => forgetUnseen(record), KEPT_UNSEEN));
  }

  /**
   * Pass a result to its views.
   *
   * @param capture how long capturing the frame took, ms
   * @param at when the result arrived, ms
   */
  show(stream: string, answered: Answered, capture: number, at: number): void {
    const record = this.record(stream);
    const { image, timings, up, down } = answered;
    // Its image took longer to decode than a later frame's.
    if (record.last && record.last.image.frame > image.frame) return;
    if (image.live) {
      const stages = { capture, up, ...timings, down };
      record.undrawn.set(image.frame, { captured: image.captured, stages, at });
      const [oldest] = record.undrawn.keys();
      if (oldest !== undefined && record.undrawn.size > MAX_UNDRAWN) record.undrawn.delete(oldest);
    }
    image.hold();
    record.last?.image.release();
    record.last = answered;
    if (this.isEmpty) {
      this.isEmpty = false;
      this.filled(true);
    }
    record.listeners.notify(answered);
  }

  /** Record that a view has drawn the result of this frame. */
  drawn(stream: string, frame: number): void {
    const record = this.record(stream);
    const shown = record.undrawn.get(frame);
    // Another view of the same stream has drawn it already.
    if (!shown) return;
    for (const each of record.undrawn.keys()) if (each <= frame) record.undrawn.delete(each);
    const at = now();
    const draw = at - shown.at;
    const { up, down } = shown.stages;
    this.lastTimings = { up, down, draw };
    record.stats.add({ at, total: at - shown.captured, stages: { ...shown.stages, draw } });
  }

  stats(stream: string): Stats | null {
    return this.record(stream).stats.at(now());
  }

  /** By stream; without those of which nothing was drawn lately. */
  allStats(): Record<string, Stats> {
    const all: Record<string, Stats> = {};
    for (const stream of this.records.keys()) {
      const stats = this.stats(stream);
      if (stats) all[stream] = stats;
    }
    return all;
  }

  /** Free all kept results. */
  dispose(): void {
    for (const record of this.records.values()) forget(record);
  }

  private record(stream: string): StreamRecord {
    let record = this.records.get(stream);
    if (!record) {
      record = {
        listeners: new Listeners(),
        stats: new RecentStats(),
        undrawn: new Map(),
        last: null,
      };
      this.records.set(stream, record);
    }
    return record;
  }
}

/** Free a kept result if no view has returned. */
function forgetUnseen(record: StreamRecord): void {
  if (record.listeners.isEmpty) forget(record);
}

function forget(record: StreamRecord): void {
  record.last?.image.release();
  record.last = null;
}
