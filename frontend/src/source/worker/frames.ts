/** Sends frames to the kernel and receives its answers. */
import type {
  AnswerMessage,
  EffectResultMessage,
  ImageMessage,
  KernelMessage,
  PongMessage,
  ResultMessage,
} from "../../generated";
import { ClockOffset, now } from "../../kit/clock";
import type { Channel } from "../../transport/channel";
import type { Captured } from "./capture";
import type { EffectResults } from "./effect_result";
import { InFlight } from "./in_flight";
import { type ResultBuffers, readResult, resultBuffers } from "./result";
import { SharedImage } from "./shared_image";
import type { StreamResults } from "./stream_results";

/** The session that the frames belong to. */
export interface FrameSession {
  /** Its number in this page. */
  readonly video: number;
  /** Whether the kernel has the images. */
  readonly inKernel: boolean;
  /** Aborts when it ends. */
  readonly signal: AbortSignal;
  /** Whether it is paused. */
  readonly paused: boolean;
  /** Whether to show a frame: while paused, only requested ones. */
  wants(image: SharedImage): boolean;
  /** A live frame was captured, or received. */
  noteLive(id: number, captured: number): void;
  /** The kernel keeps no frames before this one. */
  noteOldest(id: number): void;
  /** The requested frame has expired. */
  noteExpired(frame: number): void;
  /** An answer came; waiting requests can be sent. */
  proceed(): void;
  /** The frames in flight are lost. */
  restart(): void;
  fail(message: string): void;
}

/** A frame the kernel has not finished. */
interface Pending {
  /** When it was sent or asked for, ms. */
  since: number;
  /** Missing until the kernel has sent it, if it has the images. */
  image?: SharedImage;
  /** When the page sent it; missing if the kernel has the images. */
  sent?: number;
  /** How long capturing it took, ms. */
  capture: number;
  /** Results that wait for their image or for other streams. */
  results: Arrived[];
  /** Whether any stream skipped it. */
  skipped: boolean;
  /** How many streams have yet to answer; missing before the first answer. */
  left?: number;
  /** Whether its image has come and is being decoded. */
  decoding?: boolean;
}

/** A received result. */
interface Arrived {
  message: ResultMessage;
  buffers: ResultBuffers;
  up: number;
  down: number;
  at: number;
}

export class Frames {
  readonly inFlight = new InFlight();
  readonly clock = new ClockOffset();
  private readonly pending = new Map<number, Pending>();
  private session: FrameSession | null = null;
  /** The number of frames sent. */
  private count = 0;
  /** The last frame of the previous session; effect results up to it are dropped. */
  private lastBefore = 0;
  /** The video of the last session. */
  private video = 0;

  /** @param together whether all streams have to show the same frame */
  constructor(
    private readonly channel: Channel,
    private readonly page: string,
    private readonly results: StreamResults,
    private readonly effects: EffectResults,
    private readonly together: () => boolean,
    signal: AbortSignal,
  ) {
    channel.onMessage((message, buffers) => this.receive(message, buffers), signal);
    signal.addEventListener("abort", () => this.clear());
  }

  /** Start a session. */
  begin(session: FrameSession): void {
    this.session = session;
    this.lastBefore = this.count;
    this.video = session.video;
    session.signal.addEventListener("abort", () => {
      this.session = null;
      this.clear();
    });
  }

  // --- up

  /** Whether another frame may be sent. */
  get mayCapture(): boolean {
    return this.channel.alive && this.inFlight.mayCapture(this.together());
  }

  /** Send a frame of the page; `grab` captures and encodes it. */
  async capture(session: FrameSession, grab: () => Promise<Captured>): Promise<void> {
    const { video } = session;
    const frame = this.take();
    let captured: Captured;
    try {
      captured = await grab();
    } catch (error) {
      if (!session.signal.aborted) session.fail(`A frame could not be encoded (${String(error)}).`);
      return;
    }
    const { bitmap, jpeg, at } = captured;
    if (session.signal.aborted) {
      bitmap.close();
      return;
    }
    if (session.paused) {
      // While paused, no new frames are shown.
      bitmap.close();
      this.drop(frame);
      session.proceed();
      return;
    }
    const capture = now() - at;
    const image = new SharedImage(frame, { video, id: frame }, bitmap, at, true);
    const sent = now();
    this.pending.set(frame, { since: sent, image, sent, capture, results: [], skipped: false });
    session.noteLive(frame, at);
    const timings = { capture, ...this.results.lastTimings };
    const { page } = this;
    this.channel.send({ kind: "frame", page, frame, video, captured: at, timings }, [jpeg]);
  }

  /** Request frames from the kernel, as many as may be in flight; return whether any could be. */
  requestNext({ video }: FrameSession, beginAt: number | null): boolean {
    const { page, mayCapture } = this;
    for (let begin_at = beginAt; this.mayCapture; begin_at = null)
      this.channel.send({ kind: "next", page, video, frame: this.await(), begin_at });
    return mayCapture;
  }

  /**
   * Request a frame from the kernel; return the request's id, or null if too many are in flight.
   */
  requestShow({ video }: FrameSession, id: number): number | null {
    if (!this.mayCapture) return null;
    const frame = this.await();
    this.channel.send({ kind: "show", page: this.page, video, frame, id });
    return frame;
  }

  /** Forget a frame that will not be answered. */
  drop(frame: number): void {
    this.inFlight.forget(frame, now());
    this.pending.get(frame)?.image?.release();
    this.pending.delete(frame);
  }

  /** Give up the frames in flight, which will not be answered. */
  giveUp(): void {
    this.clear();
    this.inFlight.forgetWay();
    this.session?.restart();
  }

  /** Show what no longer has to wait after `together` has changed. */
  update(): void {
    for (const [frame, pending] of [...this.pending]) {
      if (!this.together() && pending.results.length > 0) this.inFlight.forget(frame, now());
      this.proceed(frame, pending);
    }
    this.session?.proceed();
  }

  /** Number a new frame. */
  private take(): number {
    this.count += 1;
    this.inFlight.take(this.count, now());
    return this.count;
  }

  /** Number a frame whose image the kernel will send. */
  private await(): number {
    const frame = this.take();
    this.pending.set(frame, { since: now(), capture: 0, results: [], skipped: false });
    return frame;
  }

  /** Forget all frames in flight. */
  private clear(): void {
    this.inFlight.clear();
    for (const { image } of this.pending.values()) image?.release();
    this.pending.clear();
  }

  // --- down

  private receive(message: KernelMessage, buffers: DataView[]): void {
    if (message.kind === "pong") {
      this.greet(message);
      return;
    }
    if (!("page" in message) || message.page !== this.page) return;
    switch (message.kind) {
      case "image":
        if (buffers[0]) void this.show(message, buffers[0]);
        break;
      case "effect_result":
        if (message.frame > this.lastBefore) this.showEffect(message, buffers);
        break;
      case "effect_error":
        this.effects.fail(message);
        break;
      case "expired":
        this.drop(message.frame);
        this.session?.noteExpired(message.frame);
        this.session?.proceed();
        break;
      case "result":
      case "skipped":
      case "failed":
        this.answer(message, buffers);
        if (message.oldest !== null) this.session?.noteOldest(message.oldest);
        this.session?.proceed();
    }
  }

  private greet({ page, owed, asked, received, sent }: PongMessage): void {
    if (page !== this.page) return;
    const answered = now();
    const { up, down } = this.clock.ways({ sent: asked, received, replied: sent, answered });
    this.inFlight.measure(up + down);
    const lost = [...this.pending].filter(
      ([frame, pending]) => pending.since < asked && !owed.includes(frame) && !isComplete(pending),
    );
    for (const [frame] of lost) this.drop(frame);
    if (lost.length > 0) this.session?.restart();
  }

  /** Receive an image from the kernel. */
  private async show(message: ImageMessage, jpeg: DataView): Promise<void> {
    const { session } = this;
    const pending = this.pending.get(message.frame);
    if (!session || !pending) return;
    pending.decoding = true;
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(
        new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" }),
      );
    } catch (error) {
      if (!session.signal.aborted) session.fail(`A frame could not be shown (${String(error)}).`);
      return;
    }
    if (this.pending.get(message.frame) !== pending) {
      bitmap.close();
      return;
    }
    const { frame, id, live, captured, capture } = message;
    const at = live ? this.clock.toBrowser(captured) : captured;
    const image = new SharedImage(frame, { video: session.video, id }, bitmap, at, live);
    pending.image = image;
    pending.capture = capture;
    this.proceed(frame, pending);
    if (live) session.noteLive(id, at);
  }

  private showEffect(message: EffectResultMessage, buffers: DataView[]): void {
    const inKernel = message.live && this.session?.inKernel;
    const captured = inKernel ? this.clock.toBrowser(message.captured) : message.captured;
    const wanted = (image: SharedImage) => this.wants(image);
    void this.effects.receive(message, buffers, { video: this.video, captured, wanted });
  }

  private answer(message: AnswerMessage, buffers: DataView[]): void {
    const pending = this.pending.get(message.frame);
    if (!pending) return;
    const at = now();
    const { frame, kind, left } = message;
    this.inFlight.answer(frame, kind, left, at, this.together());
    pending.left = left;
    if (message.kind === "skipped") pending.skipped = true;
    const found = message.kind === "result" ? resultBuffers(message, buffers) : null;
    if (message.kind === "result" && found) {
      const ways = this.ways(message, pending, at);
      pending.results.push({ message, buffers: found.own, at, ...ways });
    }
    this.proceed(frame, pending);
  }

  private ways(message: ResultMessage, { sent }: Pending, answered: number) {
    if (sent === undefined) {
      return { up: 0, down: Math.max(0, answered - this.clock.toBrowser(message.sent)) };
    }
    return this.clock.ways({ sent, received: message.received, replied: message.sent, answered });
  }

  /** Show the results of a frame that are ready, and free it after the last answer. */
  private proceed(frame: number, pending: Pending): void {
    const { image, left, capture } = pending;
    const all = left === 0;
    if (image && (all || !this.together())) {
      const results = pending.results.splice(0);
      const complete = !this.together() || !pending.skipped || !image.live;
      if (complete && this.wants(image))
        for (const result of results) this.showResult(image, result, capture);
    }
    if (!all || (!image && pending.results.length > 0)) return;
    this.pending.delete(frame);
    image?.release();
  }

  private showResult(image: SharedImage, arrived: Arrived, capture: number): void {
    const { message, buffers, up, down, at } = arrived;
    let read: ReturnType<typeof readResult>;
    try {
      read = readResult(message, buffers, image.bitmap);
    } catch (error) {
      // The others are shown, and the next frame comes all the same.
      reportError(new Error(`The result of frame ${image.id} cannot be read (${error}).`));
      return;
    }
    const answered = { image, ...read, timings: message.timings, up, down };
    this.results.show(message.stream, answered, capture, at);
  }

  private wants(image: SharedImage): boolean {
    return this.session?.wants(image) ?? false;
  }
}

/** Whether everything has come of a frame, and only its image is being decoded. */
function isComplete({ left, decoding }: Pending): boolean {
  return left === 0 && decoding === true;
}
