/** The frames that can be shown again, and the one that is shown. */
import type { TimelineState } from "../timeline_state";

/** A frame that the kernel keeps. */
export interface Kept {
  id: number;
  /** When it was captured, ms, by a clock that stops while paused. */
  at: number;
}

/** A source that allows seeking. */
interface Seekable {
  /** Its number of frames. */
  length: number;
  /** Frame rate; null if it has none. */
  rate: number | null;
}

export class FrameIndex {
  private kept: Kept[] = [];
  private seekable: Seekable | null = null;
  /** The number of the current frame. */
  private current: number | null = null;

  /** @param seconds how many seconds the kernel keeps */
  constructor(private readonly seconds: () => number) {}

  /** Start with another source; null if it does not allow seeking. */
  load(seekable: Seekable | null): void {
    this.kept = [];
    this.current = null;
    this.seekable = seekable;
  }

  /** Add a captured frame. */
  note(id: number, at: number): void {
    this.current = id;
    if (this.seekable) return;
    this.kept.push({ id, at });
    const start = at - this.seconds() * 1000;
    const first = this.kept.findIndex((each) => each.at >= start);
    if (first > 0) this.kept.splice(0, first);
  }

  /** Shift all frames by the length of a pause, in ms. */
  extend(time: number): void {
    for (const each of this.kept) each.at += time;
  }

  /** Drop the frames before this one, as the kernel has to save memory. */
  keepFrom(id: number): void {
    const first = this.kept.findIndex((each) => each.id >= id);
    if (first > 0) this.kept.splice(0, first);
  }

  /** Set the current frame. */
  point(id: number): void {
    this.current = id;
  }

  /** Remove a frame that expired; if it was current, the previous one is. */
  forget(id: number): void {
    if (this.seekable) return;
    this.kept = this.kept.filter((each) => each.id !== id);
    if (this.current === id) this.current = this.nearest(id);
  }

  /** The number of the last frame up to this one, or of the first; null if there are none. */
  nearest(id: number): number | null {
    const { seekable, kept } = this;
    if (seekable) return this.at(id);
    return (kept.findLast((each) => each.id <= id) ?? kept[0])?.id ?? null;
  }

  /** The number of the oldest frame; null if there are none. */
  get oldest(): number | null {
    return this.kept[0]?.id ?? null;
  }

  get id(): number | null {
    return this.current;
  }

  /** Whether the last frame of a video is current. */
  get atEnd(): boolean {
    return this.seekable !== null && this.current === this.seekable.length - 1;
  }

  state(): TimelineState {
    const { seekable, kept, current } = this;
    if (seekable) {
      const seconds = seekable.rate ? 1 / seekable.rate : 0;
      const index = current ?? -1;
      return {
        count: seekable.length,
        index,
        id: current,
        span: seekable.length * seconds,
        ago: Math.max(0, seekable.length - 1 - index) * seconds,
        video: true,
      };
    }
    const index = this.indexOf(current);
    const [first, last, here] = [kept[0], kept.at(-1), kept[index]];
    return {
      count: kept.length,
      index,
      id: current,
      span: first && last ? (last.at - first.at) / 1000 : 0,
      ago: last && here ? (last.at - here.at) / 1000 : 0,
      video: false,
    };
  }

  /** The number of the frame at an index, limited to existing ones. */
  at(index: number): number | null {
    const { seekable, kept } = this;
    const count = seekable ? seekable.length : kept.length;
    if (count === 0) return null;
    const inside = Math.min(Math.max(Math.round(index), 0), count - 1);
    return seekable ? inside : (kept[inside]?.id ?? null);
  }

  private indexOf(id: number | null): number {
    return this.kept.findLastIndex((each) => each.id === id);
  }
}
