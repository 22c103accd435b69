/** What the streams of a source made of its frames, for the views that show it. */
import type { BrowserTimings } from "../generated";
import { now } from "../kit/clock";
import { Listeners } from "../kit/listeners";
import type { Answered } from "./source";
import { RecentStats, type StageTimes, type Stats } from "./stats";

/** Results of one stream. */
interface StreamRecord {
  listeners: Listeners<[Answered]>;
  stats: RecentStats;
  /** By frame, oldest first: what a Python effect makes of a frame is drawn later. */
  undrawn: Map<number, Undrawn>;
  /** What its views show, for those that come later. */
  last: Answered | null;
}

/** When a result arrived that is not drawn yet, and where its time went. */
interface Undrawn {
  captured: number;
  stages: Omit<StageTimes, "draw">;
  at: number;
}

/** How many results wait to be drawn at most; a Python effect may need seconds for each. */
const MAX_UNDRAWN = 120;
/** How long a stream's last result is kept for views that are on their way from place to place, ms. */
const KEPT_UNSEEN = 5000;

export class StreamResults {
  /** Of the frame drawn last, for the kernel to know. */
  lastTimings: Omit<BrowserTimings, "capture"> = { up: null, down: null, draw: null };
  private readonly records = new Map<string, StreamRecord>();

  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    const record = this.record(stream);
    record.listeners.add(listener, signal);
    if (record.last) listener(record.last);
    signal.addEventListener("abort", () => setTimeout(() => forgetUnseen(record), KEPT_UNSEEN));
  }

  /** Whether there is a result that a view can begin with. */
  hasShown(stream: string): boolean {
    return this.record(stream).last !== null;
  }

  /**
   * Hand a result to its views.
   *
   * @param capture how long taking the frame took, ms
   * @param at when the result arrived, ms
   */
  show(stream: string, answered: Answered, capture: number, at: number): void {
    const record = this.record(stream);
    const { image, timings, up, down } = answered;
    // Its image took longer to decode than that of a frame after it.
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
    record.listeners.notify(answered);
  }

  /** A view has drawn the result of this frame. */
  drawn(stream: string, frame: number): void {
    const record = this.record(stream);
    const shown = record.undrawn.get(frame);
    // A second view of the same stream draws the same frame again.
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

  /** Give up what is kept for views that come later. */
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

/** Drop what no view has come back to. */
function forgetUnseen(record: StreamRecord): void {
  if (record.listeners.isEmpty) forget(record);
}

function forget(record: StreamRecord): void {
  record.last?.image.release();
  record.last = null;
}
