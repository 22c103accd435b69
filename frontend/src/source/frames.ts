/** The frames between page and kernel, and what the streams made of them. */

import type {
  AnswerMessage,
  BrowserTimings,
  PictureMessage,
  PongMessage,
  ResultMessage,
} from "../generated";
import { ClockOffset, now } from "../kit/clock";
import { Listeners } from "../kit/listeners";
import { Flow } from "./in_flight";
import { Picture } from "./picture";
import { readResult } from "./result";
import type { Answered } from "./source";
import { RecentStats, type Stats } from "./stats";

/** A result that waits for its picture, or for the results of the other streams. */
interface Waiting {
  message: ResultMessage;
  probability: DataView;
  keypoints: DataView;
  up: number;
  down: number;
  at: number;
}

/** A frame the kernel has not finished. */
interface Pending {
  /** null until the kernel has sent it, where the page does not have it. */
  picture: Picture | null;
  /** When the page sent it; null where the kernel has the pictures. */
  sent: number | null;
  capture: number;
  waiting: Waiting[];
  /** Whether a stream left it out, so that not everybody finishes it. */
  skipped: boolean;
  /** How many streams have not answered yet; null before the first answer. */
  left: number | null;
}

/** A result that was handed to the views and not drawn yet. */
interface Shown {
  captured: number;
  stages: {
    capture: number;
    up: number;
    wait: number;
    decode: number;
    infer: number;
    down: number;
  };
  at: number;
}

/** What the streams of this source have drawn. */
interface StreamRecord {
  results: Listeners<[Answered]>;
  stats: RecentStats;
  /** By frame, oldest first: what a Python effect makes of a frame is drawn later. */
  shown: Map<number, Shown>;
  /** What its views show, for those that come later. */
  last: Answered | null;
}

/** How many results wait to be drawn at most; a Python effect may need seconds for each. */
const MOST_SHOWN = 120;
/** How long a stream's last result is kept for views that are on their way from place to place, ms. */
const KEPT_UNSEEN = 5000;

export class Frames {
  readonly flow = new Flow();
  readonly clock = new ClockOffset();
  /** Of the frame drawn last, for the kernel to know. */
  lastTimings: Omit<BrowserTimings, "capture"> = { up: null, down: null, draw: null };
  private readonly pending = new Map<number, Pending>();
  private readonly streams = new Map<string, StreamRecord>();
  private count = 0;

  /**
   * @param together whether all streams shall show the same frame
   * @param wanted whether a frame is to be shown: while the source is paused, only what was asked for
   */
  constructor(
    private readonly together: () => boolean,
    private readonly wanted: (picture: Picture) => boolean,
  ) {}

  /** The number of the frame that set out last. */
  get latest(): number {
    return this.count;
  }

  /** Count a frame that sets out. */
  take(): number {
    this.count += 1;
    this.flow.take(this.count, now());
    return this.count;
  }

  /** The page has taken this picture and sends it. */
  send(picture: Picture, capture: number): void {
    this.pending.set(picture.frame, waiting({ picture, sent: now(), capture }));
  }

  /** The kernel has the picture of this frame. */
  await(frame: number): void {
    this.pending.set(frame, waiting({ picture: null, sent: null, capture: 0 }));
  }

  /** The kernel has sent a picture. */
  async show(message: PictureMessage, jpeg: DataView, video: number): Promise<Picture | null> {
    const pending = this.pending.get(message.frame);
    if (!pending) return null;
    const bitmap = await createImageBitmap(
      new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" }),
    );
    if (this.pending.get(message.frame) !== pending) {
      bitmap.close();
      return null;
    }
    const captured = message.live ? this.clock.toBrowser(message.captured) : message.captured;
    const name = { video, id: message.id };
    const picture = new Picture(message.frame, name, bitmap, captured, message.live);
    pending.picture = picture;
    pending.capture = message.capture;
    this.proceed(message.frame, pending);
    return picture;
  }

  answer(message: AnswerMessage, buffers: DataView[]): void {
    const pending = this.pending.get(message.frame);
    if (!pending) return;
    const at = now();
    const { frame, kind, left } = message;
    this.flow.answer(frame, kind, left, at, this.together());
    pending.left = left;
    if (message.kind === "skipped") pending.skipped = true;
    if (message.kind === "result" && buffers[0] && buffers[1]) {
      const [probability, keypoints] = buffers;
      const ways = this.ways(message, pending, at);
      pending.waiting.push({ message, probability, keypoints, at, ...ways });
    }
    this.proceed(frame, pending);
  }

  /** Regard anew what waits for others: whether all shall show the same frame has changed. */
  regard(): void {
    for (const [frame, pending] of [...this.pending]) {
      if (!this.together() && pending.waiting.length > 0) this.flow.forget(frame, now());
      this.proceed(frame, pending);
    }
  }

  greet({ asked, received, sent }: PongMessage): void {
    this.clock.ways({ sent: asked, received, replied: sent, answered: now() });
  }

  /** There will be no answer to this frame. */
  drop(frame: number): void {
    this.flow.forget(frame, now());
    this.pending.get(frame)?.picture?.release();
    this.pending.delete(frame);
  }

  /** Stop waiting for answers to the frames on their way. */
  clear(): void {
    this.flow.clear();
    for (const { picture } of this.pending.values()) picture?.release();
    this.pending.clear();
  }

  /** Give up what is kept for views that come later. */
  dispose(): void {
    this.clear();
    for (const record of this.streams.values()) {
      record.last?.picture.release();
      record.last = null;
    }
  }

  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    const record = this.record(stream);
    record.results.add(listener, signal);
    if (record.last) listener(record.last);
    signal.addEventListener("abort", () => setTimeout(() => forgetUnseen(record), KEPT_UNSEEN));
  }

  /** Whether there is a result that a view can begin with. */
  hasShown(stream: string): boolean {
    return this.record(stream).last !== null;
  }

  drawn(stream: string, frame: number): void {
    const record = this.record(stream);
    const shown = record.shown.get(frame);
    // A second view of the same stream draws the same frame again.
    if (!shown) return;
    for (const each of record.shown.keys()) if (each <= frame) record.shown.delete(each);
    const at = now();
    const draw = at - shown.at;
    const { up, down } = shown.stages;
    this.lastTimings = { up, down, draw };
    record.stats.add({ at, total: at - shown.captured, stages: { ...shown.stages, draw } });
  }

  stats(stream: string): Stats | null {
    return this.record(stream).stats.at(now());
  }

  private ways(message: ResultMessage, { sent }: Pending, answered: number) {
    if (sent === null) {
      return { up: 0, down: Math.max(0, answered - this.clock.toBrowser(message.sent)) };
    }
    return this.clock.ways({ sent, received: message.received, replied: message.sent, answered });
  }

  /** Hand out what can be shown of a frame, and let go of it when all have answered. */
  private proceed(frame: number, pending: Pending): void {
    const { picture, left } = pending;
    const all = left === 0;
    if (picture && (all || !this.together())) {
      const results = pending.waiting.splice(0);
      const complete = !this.together() || !pending.skipped || !picture.live;
      if (complete && this.wanted(picture))
        for (const result of results) this.handOut(result, pending, picture);
    }
    if (!all || (!picture && pending.waiting.length > 0)) return;
    this.pending.delete(frame);
    picture?.release();
  }

  private handOut(
    { message, probability, keypoints, up, down, at }: Waiting,
    { capture }: Pending,
    picture: Picture,
  ): void {
    const record = this.record(message.stream);
    // Its picture took longer to decode than that of a frame after it.
    if (record.last && record.last.picture.frame > picture.frame) return;
    if (picture.live) {
      const stages = { capture, up, ...message.timings, down };
      record.shown.set(picture.frame, { captured: picture.captured, stages, at });
      const [oldest] = record.shown.keys();
      if (oldest !== undefined && record.shown.size > MOST_SHOWN) record.shown.delete(oldest);
    }
    record.last?.picture.release();
    record.last = {
      picture: picture.hold(),
      ...readResult(message, probability, keypoints, picture.bitmap),
      timings: message.timings,
      up,
      down,
    };
    record.results.call(record.last);
  }

  private record(stream: string): StreamRecord {
    let record = this.streams.get(stream);
    if (!record) {
      record = { results: new Listeners(), stats: new RecentStats(), shown: new Map(), last: null };
      this.streams.set(stream, record);
    }
    return record;
  }
}

/** Let go of what nobody has come back to. */
function forgetUnseen(record: StreamRecord): void {
  if (!record.results.isEmpty) return;
  record.last?.picture.release();
  record.last = null;
}

function waiting(known: Pick<Pending, "picture" | "sent" | "capture">): Pending {
  return { ...known, waiting: [], skipped: false, left: null };
}
