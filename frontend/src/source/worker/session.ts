/** One session, from Start to Stop: playing, or paused at a frame. */
import type { Origin } from "../../generated";
import { now } from "../../kit/clock";
import { IN_KERNEL } from "../origins";
import type { TimelineState } from "../timeline_state";
import { FrameIndex } from "./frame_index";
import type { FrameSession } from "./frame_session";
import type { Frames } from "./frames";
import type { SharedImage } from "./shared_image";

/** What a session needs from its source. */
export interface SessionOwner {
  /** How many seconds of frames the kernel keeps. */
  history(): number;
  /** Whether anyone needs its frames. */
  isNeeded(): boolean;
  /** It has paused by itself. */
  paused(): void;
  /** The timeline has changed: the page acted, or one more frame is playing. */
  changed(why: "acted" | "playing"): void;
  fail(message: string): void;
}

/** The state of a pause. */
interface Hold {
  /** ms */
  since: number;
  /**
   * The frame that was requested last, and the first request since the pause began. Those in
   * between are shown too, so that scrubbing is visible.
   */
  sought: { id: number; frame: number; first: number } | null;
  /** The frame to request after the pending one. */
  wish: number | null;
}

export class Session implements FrameSession {
  /** Whether frames can be captured or requested. */
  isOpen = false;
  readonly inKernel: boolean;
  readonly frameIndex: FrameIndex;
  private readonly ending = new AbortController();
  private hold: Hold | null = null;
  /** Where playing goes on from, until that can be requested; null for where it is. */
  private beginAt: number | null = null;
  /** Where playing was asked to go on from, until a frame has come of that. */
  private begun: number | null = null;

  constructor(
    origin: Origin,
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
    this.beginAt = null;
    this.begun = null;
    this.hold ??= { since: now(), sought: null, wish: null };
    // All panels show the last frame of the fastest.
    if (!this.hold.sought) this.lookAgain();
  }

  play(): void {
    const { hold, frameIndex } = this;
    if (hold) frameIndex.extend(now() - hold.since);
    this.hold = null;
    this.beginAt = hold && this.beginningAfter(hold);
    this.pull();
  }

  /** Where a video plays on from; null for where the kernel is. */
  private beginningAfter({ wish }: Hold): number | null {
    if (this.frameIndex.atEnd) return 0;
    // It could not be requested yet.
    return this.frameIndex.state().video ? wish : null;
  }

  /** Request frames if the source is in the kernel and they are needed. */
  pull(): void {
    if (!this.inKernel || !this.isOpen || this.hold || !this.owner.isNeeded()) return;
    if (!this.frames.requestNext(this, this.beginAt)) return;
    this.begun = this.beginAt ?? this.begun;
    this.beginAt = null;
  }

  /**
   * Handle the end of the source, which leaves this request unanswered; return whether the session
   * ends.
   */
  reachEnd(frame: number): boolean {
    this.frames.drop(frame);
    const { video, count } = this.frameIndex.state();
    if (video && !this.hold) {
      // A video stays at its last frame, which may still be in flight.
      this.frameIndex.point(count - 1);
      this.pauseItself();
    }
    return !video;
  }

  // --- looking at frames

  step(by: number): void {
    this.seek(this.frameIndex.state().index + by);
  }

  /** Pause, and show the frame at this index of the timeline. */
  seek(index: number): void {
    this.holdAt(this.frameIndex.at(index));
  }

  /** Pause, and show the frame of this number or the nearest before it. */
  showFrame(id: number): void {
    this.holdAt(this.frameIndex.nearest(id));
  }

  /** While paused, show the current frame again. */
  lookAgain(): void {
    if (this.hold && this.frameIndex.id !== null) this.look(this.frameIndex.id);
  }

  private holdAt(id: number | null): void {
    if (id === null) return;
    this.pauseItself();
    this.look(id);
  }

  /** The page hears of it and repeats it, which changes nothing. */
  private pauseItself(): void {
    if (this.hold) return;
    this.pause();
    this.owner.paused();
  }

  /** Request the frame of this number; of several requests, the last counts. */
  private look(id: number): void {
    const { hold } = this;
    if (!hold) return;
    this.frameIndex.point(id);
    // The timeline changes at once, the image once it is received.
    this.owner.changed("acted");
    const frame = this.frames.requestShow(this, id);
    hold.wish = frame === null ? id : null;
    if (frame !== null) hold.sought = { id, frame, first: hold.sought?.first ?? frame };
  }

  // --- callbacks of Frames

  wants({ live, frame }: SharedImage): boolean {
    if (!this.hold) return live;
    return !live && frame >= (this.hold.sought?.first ?? Number.POSITIVE_INFINITY);
  }

  noteLive(id: number, captured: number): void {
    if (!this.hold) {
      this.begun = null;
      this.frameIndex.note(id, captured);
      this.owner.changed("playing");
    }
    // It was requested before the pause but came after the current frame: Python has to return to
    // that one.
    else if (this.hold.sought && !this.frameIndex.state().video) this.look(this.hold.sought.id);
  }

  get oldest(): number | null {
    return this.frameIndex.oldest;
  }

  noteOldest(id: number): void {
    this.frameIndex.keepFrom(id);
  }

  sought(frame: number): number | null {
    const sought = this.hold?.sought;
    return sought?.frame === frame ? sought.id : null;
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
    this.beginAt ??= this.begun;
    this.lookAgain();
    this.pull();
  }

  fail(message: string): void {
    this.owner.fail(message);
  }
}
