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
import type { FrameNeeds, FrameSession } from "./frame_session";
import { InFlight } from "./in_flight";
import { KeptFrames } from "./kept_frames";
import { buffersOf, fieldsOf, readFound } from "./local_result";
import type { LocalOutcome, LocalStreams } from "./local_streams";
import { type Arrived, hasKernelsAnswers, type Pending, unanswered } from "./pending";
import { type ReadResult, readResult, resultBuffers } from "./result";
import { SharedImage } from "./shared_image";
import type { StreamResults } from "./stream_results";

export class Frames {
  readonly inFlight = new InFlight();
  readonly clock = new ClockOffset();
  private readonly pending = new Map<number, Pending>();
  private readonly kept = new KeptFrames();
  private session: FrameSession | null = null;
  /** The number of frames sent. */
  private count = 0;
  /** The last frame of the previous session; effect results up to it are dropped. */
  private lastBefore = 0;
  /** The video of the last session. */
  private video = 0;

  constructor(
    private readonly channel: Channel,
    private readonly page: string,
    private readonly results: StreamResults,
    private readonly effects: EffectResults,
    private readonly local: LocalStreams,
    private readonly needs: () => FrameNeeds,
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
      this.kept.clear();
    });
  }

  // --- up

  /** Whether another frame may be captured: somebody could begin with it soon. */
  get mayCapture(): boolean {
    const { local } = this;
    if (!local.any) return this.channel.alive && this.maySend;
    if (!this.isForKernel) return local.hasRoom(this.together());
    return this.together()
      ? this.maySend && local.hasRoom(true)
      : this.maySend || local.hasRoom(false);
  }

  /** Whether frames are for the kernel, too. */
  private get isForKernel(): boolean {
    return this.isShownByKernel || (this.channel.alive && this.areImagesWanted);
  }

  /** Whether models in the kernel have to have a frame before all panels can show it. */
  private get isShownByKernel(): boolean {
    return this.channel.alive && (this.needs().kernelStreams || !this.local.any);
  }

  private get areImagesWanted(): boolean {
    return this.needs().resultsWanted === "with_images";
  }

  private get maySend(): boolean {
    return this.inFlight.mayCapture(this.together());
  }

  private together(): boolean {
    return this.needs().together;
  }

  /** Take a frame of the page to whom it is for; `grab` captures and encodes it. */
  async capture(session: FrameSession, grab: () => Promise<Captured>): Promise<void> {
    const { video } = session;
    const { isShownByKernel } = this;
    const isForKernel = this.isForKernel && this.maySend;
    const frame = isForKernel ? this.take() : this.number();
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
    const pending: Pending = { ...unanswered(sent, capture), image };
    pending.inKernel = isForKernel;
    if (isForKernel) pending.sent = sent;
    else pending.left = 0;
    this.pending.set(frame, pending);
    // Of those that models in the kernel had no time for, they could not show anything later.
    const canBeShownAgain = isForKernel || !isShownByKernel;
    if (canBeShownAgain) session.noteLive(frame, at);
    // The kernel gets the bytes themselves.
    const copy = this.local.any ? new Blob([jpeg], { type: "image/jpeg" }) : null;
    const timings = { capture, ...this.results.lastTimings };
    const { page } = this;
    if (isForKernel)
      this.channel.send({ kind: "frame", page, frame, video, captured: at, timings }, [jpeg]);
    if (!copy) return;
    if (canBeShownAgain) this.kept.add({ id: frame, at, jpeg: copy }, session.oldest);
    this.offer(pending, copy);
  }

  /** Have the models in the page look at a frame. */
  private offer(pending: Pending, jpeg: Blob): void {
    const { image } = pending;
    if (!image) return;
    const { frame, live, captured } = image;
    pending.localLeft = this.local.count;
    const video = live ? String(this.video) : null;
    this.local.offer({ frame, jpeg, timestamp: captured / 1000, video });
  }

  /** Request frames from the kernel, as many as may be in flight; return whether any could be. */
  requestNext({ video }: FrameSession, beginAt: number | null): boolean {
    const { page, mayRequest } = this;
    for (let begin_at = beginAt; this.mayRequest; begin_at = null)
      this.channel.send({ kind: "next", page, video, frame: this.await(), begin_at });
    return mayRequest;
  }

  private get mayRequest(): boolean {
    const { local } = this;
    const canBegin = !local.any || this.needs().kernelStreams || local.hasRoom(this.together());
    return this.channel.alive && this.maySend && canBegin;
  }

  /**
   * Request a frame that was there before; return the request's id, or null if too many are in
   * flight.
   */
  requestShow(session: FrameSession, id: number): number | null {
    const { video, inKernel } = session;
    const isKept = this.kept.get(id) !== undefined;
    // The kernel may have one that was taken when no model ran in the page.
    if (!(inKernel || this.isShownByKernel) && (isKept || !this.channel.alive)) {
      if (!this.local.hasRoom(false)) return null;
      const frame = this.number();
      this.pending.set(frame, { ...unanswered(now(), 0), left: 0, localLeft: this.local.count });
      void this.showKept(session, frame, id);
      return frame;
    }
    if (!(this.channel.alive && this.maySend)) return null;
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
  private number(): number {
    this.count += 1;
    return this.count;
  }

  /** Number a new frame for the kernel. */
  private take(): number {
    const frame = this.number();
    this.inFlight.take(frame, now());
    return frame;
  }

  /** Number a frame whose image the kernel will send. */
  private await(): number {
    const frame = this.take();
    // Those in the page get it when its image is there.
    this.pending.set(frame, { ...unanswered(now(), 0), localLeft: this.local.count });
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
        this.expire(message.frame);
        break;
      case "result":
      case "skipped":
      case "failed":
        this.answer(message, buffers);
        // The page keeps more where it has some that the kernel never got.
        if (message.oldest !== null && this.kept.isEmpty) this.session?.noteOldest(message.oldest);
        this.session?.proceed();
    }
  }

  /** The kernel does not have a frame that was asked for; the page may have it. */
  private expire(frame: number): void {
    const { session } = this;
    const id = session?.sought(frame) ?? null;
    const pending = this.pending.get(frame);
    if (session && pending && id !== null && this.kept.get(id)) {
      this.inFlight.forget(frame, now());
      pending.left = 0;
      void this.showKept(session, frame, id);
      return;
    }
    this.drop(frame);
    session?.noteExpired(frame);
    session?.proceed();
  }

  /** Show a frame that the page has kept. */
  private async showKept({ video }: FrameSession, frame: number, id: number): Promise<void> {
    const kept = this.kept.get(id);
    const bitmap = kept && (await createImageBitmap(kept.jpeg));
    const pending = this.pending.get(frame);
    if (!pending || !bitmap || this.session?.video !== video) {
      bitmap?.close();
      this.drop(frame);
      if (!kept) this.session?.noteExpired(frame);
      return;
    }
    pending.image = new SharedImage(frame, { video, id }, bitmap, kept.at, false);
    pending.kept = kept.jpeg;
    this.offer(pending, kept.jpeg);
  }

  /** Note what came of a frame in a stream that runs in the page. */
  answerLocal(frame: number, stream: string, outcome: LocalOutcome): void {
    const pending = this.pending.get(frame);
    if (!pending) return;
    pending.localLeft -= 1;
    if (outcome.kind === "skipped") pending.skipped = true;
    if (outcome.kind === "found") {
      const { found, timings } = outcome;
      const read: Arrived["read"] = (size) => readFound(found, size);
      pending.results.push({ stream, timings, read, up: 0, down: 0, at: now() });
      if (this.channel.alive && this.needs().resultsWanted !== "none")
        void this.tellResult(pending, frame, stream, outcome);
    }
    this.proceed(frame, pending);
    this.session?.proceed();
  }

  /** Tell the kernel a result of the page: with its image, if that is wanted and not there. */
  private async tellResult(
    { inKernel, image, kept, capture }: Pending,
    frame: number,
    stream: string,
    { key, found, timings }: Extract<LocalOutcome, { kind: "found" }>,
  ): Promise<void> {
    const isWanted = !inKernel && this.areImagesWanted;
    // Without its image, it would take the place of one that has it.
    if (!image || (isWanted && !kept)) return;
    const { page, video } = this;
    const { id, captured, live, bitmap } = image;
    const message = {
      ...{ kind: "seen" as const, page, video, frame, stream, key, id, captured, live },
      ...{ size: [bitmap.width, bitmap.height] as [number, number], image: isWanted },
      ...{ browser: { capture, ...this.results.lastTimings }, ...fieldsOf(found), timings },
    };
    const jpeg = isWanted && kept ? [await kept.arrayBuffer()] : [];
    this.channel.send(message, [...buffersOf(found), ...jpeg]);
  }

  private greet({ page, owed, asked, received, sent }: PongMessage): void {
    if (page !== this.page) return;
    const answered = now();
    const { up, down } = this.clock.ways({ sent: asked, received, replied: sent, answered });
    this.inFlight.measure(up + down);
    const lost = [...this.pending].filter(
      ([frame, pending]) =>
        pending.since < asked && !owed.includes(frame) && !hasKernelsAnswers(pending),
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
    pending.inKernel = true;
    if (this.local.any) this.offer(pending, new Blob([jpeg as DataView<ArrayBuffer>]));
    else pending.localLeft = 0;
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
      const { stream, timings } = message;
      const read: Arrived["read"] = (size) => readResult(message, found.own, size);
      pending.results.push({ stream, timings, read, at, ...ways });
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
    const { image, left, localLeft, capture } = pending;
    const all = left === 0 && localLeft <= 0;
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
    const { stream, timings, up, down, at } = arrived;
    let read: ReadResult;
    try {
      read = arrived.read(image.bitmap);
    } catch (error) {
      // The others are shown, and the next frame comes all the same.
      reportError(new Error(`The result of frame ${image.id} cannot be read (${error}).`));
      return;
    }
    this.results.show(stream, { image, ...read, timings, up, down }, capture, at);
  }

  private wants(image: SharedImage): boolean {
    return this.session?.wants(image) ?? false;
  }
}
