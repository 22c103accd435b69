/** One opening of a source: it plays, or one of its frames is held and others can be looked at. */
import type { Origin } from "../generated";
import { now } from "../kit/clock";
import { FrameIndex, type TimelineState } from "./frame_index";
import type { FrameSession, Frames } from "./frames";
import type { SharedImage } from "./shared_image";

/** Sources whose images the kernel has. */
export const IN_KERNEL: readonly Origin[] = ["file", "kernel camera", "python"];

/** What a session asks of its source. */
export interface SessionOwner {
  /** How many seconds the kernel keeps. */
  history(): number;
  /** Whether a view can be seen. */
  isSeen(): boolean;
  setPaused(paused: boolean): void;
  /** Where one is has changed. */
  changed(): void;
  fail(message: string): void;
}

/** What is looked at while the source is paused. */
interface Hold {
  /** ms */
  since: number;
  /**
   * The frame that was asked for last, its request, and the first request since the pause began.
   * Those between are shown, too, so that one sees what one scrubs through.
   */
  sought: { id: number; frame: number; first: number } | null;
  /** The frame to ask for when the one before is there. */
  wish: number | null;
}

export class Session implements FrameSession {
  /** Whether images can be taken or asked for. */
  isOpen = false;
  readonly inKernel: boolean;
  readonly frameIndex: FrameIndex;
  private readonly ending = new AbortController();
  private hold: Hold | null = null;

  constructor(
    readonly origin: Origin,
    readonly video: number,
    private readonly frames: Frames,
    private readonly owner: SessionOwner,
  ) {
    this.inKernel = IN_KERNEL.includes(origin);
    this.frameIndex = new FrameIndex(() => owner.history());
    frames.begin(this);
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Close what was opened. */
  close(): void {
    this.ending.abort();
  }

  get paused(): boolean {
    return this.hold !== null;
  }

  timeline(): TimelineState {
    return this.frameIndex.state();
  }

  // --- playing and pausing

  pause(): void {
    this.hold ??= { since: now(), sought: null, wish: null };
    // All panels show the frame that the fastest has shown last.
    if (!this.hold.sought) this.lookAgain();
  }

  play(): void {
    const { hold, frameIndex } = this;
    if (hold) frameIndex.extend(now() - hold.since);
    this.hold = null;
    this.pull(hold?.sought && frameIndex.atEnd ? 0 : null);
  }

  /** Ask the kernel for images, where it has them and a view is displayed. */
  pull(beginAt: number | null = null): void {
    if (this.inKernel && this.isOpen && !this.hold && this.owner.isSeen())
      this.frames.requestNext(this, beginAt);
  }

  /** The kernel has no more images; this request gets none. Whether that ends the session. */
  reachEnd(frame: number): boolean {
    this.frames.drop(frame);
    const { video, count } = this.frameIndex.state();
    if (video && !this.hold) {
      // A video stays at its last frame, which may be on its way yet.
      this.frameIndex.point(count - 1);
      this.owner.setPaused(true);
    }
    return !video;
  }

  // --- looking at frames

  step(by: number): void {
    this.seek(this.frameIndex.state().index + by);
  }

  /** Pause, and show the frame at this place of the timeline. */
  seek(index: number): void {
    this.holdAt(this.frameIndex.at(index));
  }

  /** Pause, and show the frame of this number, or the one before it that there is. */
  showFrame(id: number): void {
    this.holdAt(this.frameIndex.nearest(id));
  }

  /** Where it is paused, show the frame once more. */
  lookAgain(): void {
    if (this.hold && this.frameIndex.id !== null) this.look(this.frameIndex.id);
  }

  private holdAt(id: number | null): void {
    if (id === null) return;
    this.owner.setPaused(true);
    this.look(id);
  }

  /** Have the frame of this number shown; of several asked for meanwhile, the last. */
  private look(id: number): void {
    const { hold } = this;
    if (!hold) return;
    this.frameIndex.point(id);
    // The timeline follows at once, the image when it is there.
    this.owner.changed();
    const frame = this.frames.requestShow(this, id);
    hold.wish = frame === null ? id : null;
    if (frame !== null) hold.sought = { id, frame, first: hold.sought?.first ?? frame };
  }

  // --- what becomes of its frames

  wants({ live, frame }: SharedImage): boolean {
    if (!this.hold) return live;
    return !live && frame >= (this.hold.sought?.first ?? Number.POSITIVE_INFINITY);
  }

  noteLive(id: number, captured: number): void {
    if (!this.hold) this.frameIndex.note(id, captured);
    // It was asked for before the pause, and came after the frame that is held: Python goes back
    // to that one.
    else if (this.hold.sought && !this.frameIndex.state().video) this.look(this.hold.sought.id);
  }

  noteOldest(id: number): void {
    this.frameIndex.keepFrom(id);
  }

  noteExpired(frame: number): void {
    const { hold, frameIndex } = this;
    if (hold?.sought?.frame !== frame) return;
    const { id } = hold.sought;
    frameIndex.forget(id);
    if (frameIndex.id !== id) hold.wish ??= frameIndex.id;
  }

  proceed(): void {
    if (!this.hold) this.pull();
    else if (this.hold.wish !== null) this.look(this.hold.wish);
  }

  restart(): void {
    this.lookAgain();
  }

  fail(message: string): void {
    this.owner.fail(message);
  }
}
