/** The frames that can be shown again, and the one that is shown. */

/** A frame that the kernel keeps. */
export interface Kept {
  id: number;
  /** When it was taken, ms, by a clock that stands still while the source is paused. */
  at: number;
}

/** A source that can be sought in. */
interface Seekable {
  /** How many images it has. */
  length: number;
  /** Frame rate; null where it has no pace. */
  rate: number | null;
}

/** What there is to look at, and where one is in it. */
export interface TimelineState {
  /** How many frames there are. */
  count: number;
  /** Which of them is shown, from 0; the last one while it is live, or none (-1). */
  index: number;
  /** The number of that frame. */
  id: number | null;
  /** How much time the frames span, in seconds. */
  span: number;
  /** How long before the newest the shown one was taken, in seconds. */
  ago: number;
  /** Whether it is a video, which has a beginning and an end. */
  video: boolean;
}

export class FrameIndex {
  private kept: Kept[] = [];
  private seekable: Seekable | null = null;
  /** The frame that was handed out last. */
  private current: number | null = null;

  /** @param seconds how much is kept */
  constructor(private readonly seconds: () => number) {}

  /** Begin with another source; null for one that cannot be sought in. */
  load(seekable: Seekable | null): void {
    this.kept = [];
    this.current = null;
    this.seekable = seekable;
  }

  /** Note a frame that was taken. */
  note(id: number, at: number): void {
    this.current = id;
    if (this.seekable) return;
    this.kept.push({ id, at });
    const start = at - this.seconds() * 1000;
    const first = this.kept.findIndex((each) => each.at >= start);
    if (first > 0) this.kept.splice(0, first);
  }

  /** The source was paused for so long, in ms: that makes no frame older. */
  extend(time: number): void {
    for (const each of this.kept) each.at += time;
  }

  /** The kernel keeps nothing from before this frame: memory is bounded, too. */
  keepFrom(id: number): void {
    const first = this.kept.findIndex((each) => each.id >= id);
    if (first > 0) this.kept.splice(0, first);
  }

  /** Note which frame is shown. */
  point(id: number): void {
    this.current = id;
  }

  /** The kernel does not have it any more; where it was shown, the one before takes its place. */
  forget(id: number): void {
    if (this.seekable) return;
    this.kept = this.kept.filter((each) => each.id !== id);
    if (this.current === id) this.current = this.nearest(id);
  }

  /** The number of the last frame up to this one, or of the first; null where there is none. */
  nearest(id: number): number | null {
    const { seekable, kept } = this;
    if (seekable) return this.at(id);
    return (kept.findLast((each) => each.id <= id) ?? kept[0])?.id ?? null;
  }

  get id(): number | null {
    return this.current;
  }

  /** Whether the last image of a video is shown. */
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

  /** The number of the frame at this place, of those that there are. */
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
