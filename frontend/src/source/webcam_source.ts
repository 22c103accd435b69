/** The state machine behind a `Webcam`: opens and closes the source, and sends its frames. */
import type { AnyModel } from "@anywidget/types";
import type {
  CommandMessage,
  KernelMessage,
  Origin,
  PictureMessage,
  RunState,
  SessionNews,
} from "../generated";
import { now } from "../kit/clock";
import { randomId } from "../kit/id";
import { Listeners } from "../kit/listeners";
import { findModel, hostOf, type Reference } from "../kit/reference";
import { watchVisibility } from "../kit/visibility";
import type { Channel, Loss } from "../transport/channel";
import { type Captured, fitInto, Grabber } from "./capture";
import { Deck, type TimelineState } from "./deck";
import { MadePictures } from "./effect_result";
import { Frames } from "./frames";
import { Picture } from "./picture";
import {
  type FrameImage,
  openCamera,
  openSample,
  openScreen,
  openWebrtcStream,
  type Run,
  SourceError,
} from "./producers";
import type { Answered, MadeListener, Source, SourceKind, SourceState } from "./source";
import type { Stats } from "./stats";
import { upload } from "./upload";

export interface Device {
  id: string;
  label: string;
}

export interface WebcamTraits {
  channel: Reference;
  _page: string;
  _pictures_label: string;
  _loaded: number;
  source: Origin;
  stream: Reference;
  path: string;
  running: boolean;
  paused: boolean;
  loop: boolean;
  same_frame: boolean;
  state: RunState;
  message: string;
  devices: Device[];
  device_id: string;
  kernel_device: number;
  width: number;
  height: number;
  frame_rate: number;
  history: number;
}

/** A kernel that is free answers in a few ms; a silence this long (ms) is asked about. */
const SILENCE = 1000;
const CHECK_INTERVAL = 250;
/** A kernel that answers, but not for the frames in flight, has lost them (ms). */
const GIVE_UP = 10_000;
/** A kernel closes a source of its own when nobody says that they are there (ms). */
const KEEP_ALIVE_INTERVAL = 5000;

const LOST: Record<Loss, string> = {
  kernel: "The kernel was restarted or shut down. Run the cell again to continue.",
  closed: "This source was closed. Run the cell again to create a new one.",
};
const ENDED: Record<Origin, string> = {
  camera: "The camera was disconnected. Connect it and press Start, or use the sample image.",
  screen: "Sharing has ended. Press Start to share a screen or window again.",
  stream: "The ipywebrtc stream has ended. Start it again and press Start here.",
  sample: "The sample has ended. Press Start to see it again.",
  file: "The file has ended. Press Start to see it again.",
  "kernel camera": "The camera has ended. Press Start to try again.",
  python: "The frames from Python have ended. Load more with webcam.load(…), then press Start.",
};
const BUSY =
  "Python is busy running a cell, so new masks have to wait. To get masks while cells run, turn on " +
  "Settings > Kernels > “Kernel Comms over subshells”.";

/** Sources whose pictures Python has. */
const IN_KERNEL: Origin[] = ["file", "kernel camera", "python"];

/** Which settings concern which sources: with another value, these are opened anew. */
const CONCERNS: Partial<Record<keyof WebcamTraits, Origin[] | null>> = {
  source: null,
  device_id: ["camera"],
  kernel_device: ["kernel camera"],
  path: ["file"],
  _loaded: ["file", "python"],
  stream: ["stream"],
  // Pictures of a screen or a stream are as large as they are, and are scaled down one by one.
  width: ["camera", "sample", ...IN_KERNEL],
  height: ["camera", "sample", ...IN_KERNEL],
  frame_rate: ["camera", "kernel camera"],
};

const IDLE: SourceState = { kind: "idle", message: "", offerSample: false, share: null };

export class WebcamSource implements Source {
  state: SourceState = IDLE;
  /** Told apart by it: this source, and those of other windows and of the page before a reload. */
  private readonly page = randomId();
  private readonly states = new Listeners<[]>();
  /** Views and controls of this source, and whether each can be seen. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();
  private readonly frames: Frames;
  private readonly made: MadePictures;
  private readonly deck: Deck;
  private readonly grabber: Grabber;
  private channel: Channel | null = null;
  /** Ends what was opened last; null while nothing is open. */
  private session: AbortController | null = null;
  /** Ends when a file that is being sent is stored, or not wanted any more. */
  private storing: AbortSignal | null = null;
  /** Which opening of the source it is: what Python follows a person through. */
  private video = 0;
  /** The last frame of the opening before: what is made of those is not shown any more. */
  private lastBefore = 0;
  /** Told what the kernel says of the source that it opens. */
  private news: ((news: SessionNews) => void) | null = null;
  /**
   * While paused: the frame that was asked for last, the way it is on, and the first way since
   * the pause began. Those between are shown, too, so that one sees what one scrubs through.
   */
  private sought: { id: number; frame: number; first: number } | null = null;
  /** While paused: the frame to ask for when the one before is there. */
  private wish: number | null = null;
  /** Since when it is paused, ms; null while it is not. */
  private pausedAt: number | null = null;
  private watchdog = 0;
  /** When the kernel was asked for a sign of life it has not given yet. */
  private pinged: number | null = null;
  /** Since when the sample picture is waited for; null while it is not. */
  private asked: number | null = null;
  private stayed = 0;
  /** Whether a setting has changed since the source was opened. */
  private outdated = false;

  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    channel: Promise<Channel | null>,
    private readonly signal: AbortSignal,
  ) {
    this.grabber = new Grabber(signal);
    this.deck = new Deck(() => model.get("history"));
    const wanted = ({ live, frame }: Picture) =>
      this.paused ? !live && frame >= (this.sought?.first ?? Number.POSITIVE_INFINITY) : live;
    this.frames = new Frames(() => model.get("same_frame"), wanted);
    this.made = new MadePictures(wanted);
    for (const name of ["running", "_page"]) model.on(`change:${name}`, () => this.follow());
    for (const [name, kinds] of Object.entries(CONCERNS))
      model.on(`change:${name}`, () => {
        if (kinds === null || kinds.includes(this.kind)) this.reopenSoon();
      });
    model.on("change:paused", () => this.followPause());
    model.on("change:same_frame", () => {
      this.frames.regard();
      this.proceed();
    });
    void channel.then((found) => {
      if (!found) {
        this.lose("closed");
        return;
      }
      this.channel = found;
      found.onMessage((message, buffers) => this.receive(message, buffers), signal);
      found.onLost((loss) => this.lose(loss), signal);
      this.follow();
    });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices(), { signal });
    signal.addEventListener("abort", () => {
      this.shut();
      this.frames.dispose();
    });
    // A page that goes away takes its camera along, and Python is told so: by a message, for a
    // trait's change may wait for an answer that nobody will get.
    const leave = () => {
      if (!this.isRunningHere()) return;
      this.stop();
      this.channel?.send({ kind: "leave", page: this.page });
    };
    window.addEventListener("pagehide", leave, { signal });
  }

  // --- what the page's widgets use

  get kind(): Origin {
    return this.model.get("source");
  }

  get paused(): boolean {
    return this.model.get("paused");
  }

  onState(listener: () => void, signal: AbortSignal): void {
    this.states.add(listener, signal);
  }

  start(): void {
    this.model.set("_page", this.page);
    this.model.set("running", true);
    this.model.save_changes();
    this.follow();
  }

  stop(): void {
    this.session?.abort();
    this.model.set("_page", "");
    this.model.set("running", false);
    this.model.set("paused", false);
    this.model.save_changes();
    this.follow();
  }

  useSample(): void {
    this.model.set("source", "sample");
    this.start();
  }

  openFile(file: File): void {
    void this.storeAndOpen(file);
  }

  togglePause(): void {
    this.setPaused(!this.paused);
  }

  step(by: number): void {
    const { index } = this.deck.state();
    this.seek(index + by);
  }

  seek(index: number): void {
    const id = this.deck.at(index);
    if (id === null || !this.session) return;
    this.setPaused(true);
    this.look(id);
  }

  timeline(): TimelineState {
    return this.deck.state();
  }

  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  watch(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void {
    const group = role === "view" ? this.views : this.controls;
    group.set(element, false);
    watchVisibility(
      element,
      (visible) => {
        group.set(element, visible);
        this.pull();
      },
      signal,
    );
    this.takeDrops(element, signal);
    signal.addEventListener("abort", () => {
      group.delete(element);
      // The camera is on only while its control can be reached.
      if (!this.hasControl && this.isRunningHere()) this.stop();
      else this.states.call();
    });
    this.follow();
    this.states.call();
  }

  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    this.frames.onResult(stream, listener, signal);
    // Away for a while, it shows nothing until the frame that is held comes again.
    if (this.paused && this.deck.id !== null && !this.frames.hasShown(stream))
      this.look(this.deck.id);
  }

  onMade(view: string, listener: MadeListener, signal: AbortSignal): void {
    this.made.listen(view, listener, signal);
  }

  drawn(stream: string, frame: number): void {
    this.frames.drawn(stream, frame);
  }

  stats(stream: string): Stats | null {
    return this.frames.stats(stream);
  }

  // --- the source

  /** Open or close the source as `running`, the control and the kernel have it. */
  private follow(): void {
    if (this.state.kind === "lost" || this.signal.aborted) return;
    const storing = this.storing?.aborted === false;
    const wanted = (this.isRunningHere() || storing) && this.hasControl;
    if (wanted && this.channel && !this.session) void this.open(this.channel);
    if (!wanted && this.state.kind !== "failed") {
      this.shut();
      this.enter("idle");
    }
  }

  /** Whether this page, or Python, pressed Start; another window's camera stays its own. */
  private isOurs(): boolean {
    return ["", this.page].includes(this.model.get("_page"));
  }

  private isRunningHere(): boolean {
    return this.model.get("running") && this.isOurs();
  }

  /** Open the source anew: once, where several settings change together. */
  private reopenSoon(): void {
    if (this.outdated) return;
    this.outdated = true;
    queueMicrotask(() => {
      if (this.outdated && !this.signal.aborted) this.reopen();
      this.outdated = false;
    });
  }

  private reopen(): void {
    if (this.state.kind === "lost") return;
    this.shut();
    this.state = IDLE;
    this.follow();
  }

  private async open(channel: Channel): Promise<void> {
    const session = new AbortController();
    this.session = session;
    this.outdated = false;
    this.video += 1;
    this.lastBefore = this.frames.latest;
    this.deck.load(null);
    // Started by Python, it is now this page's: a reload or another window does not start it.
    this.model.set("_page", this.page);
    this.model.set("paused", false);
    this.enter("starting", this.startingMessage());
    this.watchdog = window.setInterval(() => this.check(), CHECK_INTERVAL);
    try {
      const run = await this.openSource(channel, session.signal);
      if (session.signal.aborted) return;
      this.enter("live");
      run((image, width, height) => this.offer(image, width, height));
      void this.listDevices();
    } catch (error) {
      if (session.signal.aborted) return;
      const known = error instanceof SourceError;
      this.fail(
        known
          ? error.message
          : `The source could not be started (${String(error)}). Press Start to try again.`,
      );
    }
  }

  private startingMessage(): string {
    switch (this.kind) {
      case "camera":
        return "Waiting for the camera. If the browser asks, allow access.";
      case "screen":
        return "Choose a screen or window to share.";
      default:
        return "Starting.";
    }
  }

  private async openSource(channel: Channel, signal: AbortSignal): Promise<Run> {
    const { model, kind } = this;
    const [width, height] = [model.get("width"), model.get("height")];
    const wish = { width, height, frameRate: model.get("frame_rate") };
    const opening = { signal, onEnded: () => this.fail(ENDED[kind]) };
    switch (kind) {
      case "camera":
        return openCamera(model.get("device_id"), wish, opening);
      case "screen":
        return openScreen(wish, opening);
      case "sample":
        return openSample(await this.askForSample(channel, signal), width, height, signal);
      case "stream":
        return openWebrtcStream(await this.findStream(), opening);
      default:
        return this.openInKernel(channel, signal);
    }
  }

  private async askForSample(channel: Channel, signal: AbortSignal): Promise<Blob> {
    this.asked = now();
    let wanted = true;
    const jpeg = await new Promise<DataView>((resolve) => {
      channel.onMessage((message, buffers) => {
        if (!wanted) return;
        if (message.kind === "sample" && buffers[0]) resolve(buffers[0]);
        // Asked before JupyterLab had a subshell for this comm, the first request waits for the
        // cell that runs; a kernel that answers now can answer another.
        else if (message.kind === "pong") channel.send({ kind: "sample" });
      }, signal);
      channel.send({ kind: "sample" });
    });
    wanted = false;
    this.asked = null;
    return new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" });
  }

  private async findStream(): Promise<unknown> {
    const reference = this.model.get("stream");
    if (!reference) {
      throw new SourceError(
        "No stream was given. Create this widget with Webcam(stream=CameraStream()).",
      );
    }
    const stream = await findModel(hostOf(this.model), reference);
    if (!stream) {
      throw new SourceError(
        "The ipywebrtc stream was closed. Create a new one and pass it to Webcam.",
      );
    }
    return stream;
  }

  private shut(): void {
    this.session?.abort();
    this.session = null;
    clearInterval(this.watchdog);
    this.pinged = null;
    this.asked = null;
    this.news = null;
    this.sought = null;
    this.wish = null;
    this.pausedAt = null;
    this.frames.clear();
    this.deck.load(null);
  }

  private fail(message: string): void {
    this.shut();
    this.enter("failed", message, { offerSample: this.kind !== "sample" });
    this.model.set("running", false);
    this.model.set("paused", false);
    this.model.save_changes();
  }

  private lose(loss: Loss): void {
    this.shut();
    this.enter("lost", LOST[loss]);
  }

  private enter(
    kind: SourceKind,
    message = "",
    rest: Partial<Pick<SourceState, "offerSample" | "share">> = {},
  ): void {
    if (this.state.kind === "lost") return;
    this.state = { ...IDLE, kind, message, ...rest };
    // Of two windows, only the one that runs the source says how it is.
    if (kind !== "lost" && this.isOurs()) {
      this.model.set("state", kind);
      this.model.set("message", message);
      if (!this.signal.aborted) this.model.save_changes();
    }
    this.states.call();
  }

  private async listDevices(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const cameras = all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
    if (this.signal.aborted || this.state.kind === "lost" || !this.isOurs()) return;
    this.model.set(
      "devices",
      cameras.map(({ deviceId, label }, index) => ({
        id: deviceId,
        label: label || `Camera ${index + 1}`,
      })),
    );
    this.model.save_changes();
  }

  // --- pictures that Python has

  private async openInKernel(channel: Channel, signal: AbortSignal): Promise<Run> {
    const [page, video] = [this.page, this.video];
    signal.addEventListener("abort", () => channel.send({ kind: "close", page, video }));
    this.asked = now();
    await new Promise<void>((resolve, reject) => {
      this.news = (news) => {
        if (news.kind === "progress") this.enter("starting", news.text, { share: news.share });
        if (news.kind === "rejected") reject(new SourceError(news.message));
        if (news.kind !== "opened") return;
        this.asked = null;
        this.deck.load(news.length === null ? null : { length: news.length, rate: news.rate });
        resolve();
      };
      channel.send({ kind: "ping", asked: now() });
      channel.send({
        kind: "open",
        page,
        video,
        source: this.kind,
        path: this.model.get("path"),
        device: this.model.get("kernel_device"),
        width: this.model.get("width"),
        height: this.model.get("height"),
        frame_rate: this.model.get("frame_rate"),
      });
    });
    this.news = (news) => {
      if (news.kind === "rejected") this.fail(news.message);
      if (news.kind === "ended") this.end(news.frame);
    };
    return () => this.pull();
  }

  /** Ask the kernel for pictures, as many as may be on their way. */
  private pull(beginAt: number | null = null): void {
    const { channel, session } = this;
    if (!this.inKernel() || !session || !channel?.alive) return;
    // What is not open yet has nothing to give: the kernel would say that it is closed.
    const open = this.state.kind === "live" || this.state.kind === "waiting";
    if (!open || this.paused || !this.isSeen()) return;
    for (let begin_at = beginAt; this.frames.flow.mayCapture(); begin_at = null) {
      const frame = this.frames.take();
      this.frames.await(frame);
      channel.send({ kind: "next", page: this.page, video: this.video, frame, begin_at });
    }
  }

  /** A source of the kernel's has no more pictures. */
  private end(frame: number): void {
    this.frames.drop(frame);
    const { video, count } = this.deck.state();
    if (video && !this.paused) {
      // A video stays at its last picture, which may be on its way yet.
      this.deck.point(count - 1);
      this.setPaused(true);
    } else if (!video) this.fail(ENDED[this.kind]);
  }

  /** Accept files that are dropped on an element. */
  private takeDrops(element: HTMLElement, signal: AbortSignal): void {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      element.classList.toggle("bodyseg-drop", event.type === "dragover");
    };
    for (const type of ["dragover", "dragleave"] as const)
      element.addEventListener(type, over, { signal });
    element.addEventListener(
      "drop",
      (event) => {
        over(event);
        const file = event.dataTransfer?.files[0];
        if (!file) return;
        event.stopPropagation();
        this.openFile(file);
      },
      { signal },
    );
  }

  private async storeAndOpen(file: File): Promise<void> {
    const { channel } = this;
    if (!channel?.alive) return;
    this.shut();
    const session = new AbortController();
    this.session = session;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
    const progress = (done: number) => {
      const text = `Storing ${file.name}: ${megabytes(done)} of ${megabytes(file.size)} MB.`;
      this.enter("starting", text, { share: file.size > 0 ? done / file.size : null });
    };
    this.storing = session.signal;
    progress(0);
    try {
      const path = await upload(channel, this.page, file, progress, session.signal);
      if (session.signal.aborted) return;
      this.shut();
      this.state = IDLE;
      this.model.set("path", path);
      this.model.set("source", "file");
      this.start();
    } catch (error) {
      if (session.signal.aborted) return;
      this.fail(error instanceof SourceError ? error.message : String(error));
    }
  }

  // --- paused

  private setPaused(paused: boolean): void {
    if (paused === this.paused || (paused && !this.session)) return;
    this.model.set("paused", paused);
    this.model.save_changes();
    this.followPause();
  }

  private followPause(): void {
    if (this.paused && this.session && !this.sought && this.deck.id !== null) {
      // All panels show the frame that the fastest has shown last.
      this.look(this.deck.id);
    }
    if (this.paused) this.pausedAt ??= now();
    else {
      if (this.pausedAt !== null) this.deck.rest(now() - this.pausedAt);
      this.pausedAt = null;
      const begin = this.sought && this.deck.atEnd ? 0 : null;
      this.sought = null;
      this.wish = null;
      this.pull(begin);
    }
    this.states.call();
  }

  /** Have the frame of this number shown; of several asked for meanwhile, the last. */
  private look(id: number): void {
    const { channel, frames } = this;
    this.deck.point(id);
    // The timeline follows at once, the picture when it is there.
    this.states.call();
    if (!channel?.alive) return;
    if (!frames.flow.mayCapture()) {
      this.wish = id;
      return;
    }
    this.wish = null;
    const frame = frames.take();
    frames.await(frame);
    this.sought = { id, frame, first: this.sought?.first ?? frame };
    channel.send({ kind: "show", page: this.page, video: this.video, frame, id });
  }

  /** Something was answered: what waited for it can go on. */
  private proceed(): void {
    if (!this.paused) this.pull();
    else if (this.wish !== null) this.look(this.wish);
  }

  private obey(command: CommandMessage): void {
    if (!this.session) return;
    if (command.command === "step") this.step(command.by);
    if (command.command === "show") {
      const id = this.deck.nearest(command.id);
      if (id === null) return;
      this.setPaused(true);
      this.look(id);
    }
    if (command.command === "again" && this.paused && this.deck.id !== null)
      this.look(this.deck.id);
  }

  // --- the frames

  /** Whether a view can be seen; where there is none, Python alone looks, and the control does. */
  private isSeen(): boolean {
    const looking = this.views.size > 0 ? this.views : this.controls;
    return [...looking.values()].includes(true);
  }

  private offer(image: FrameImage, width: number, height: number): void {
    const { channel, frames } = this;
    if (this.paused || !this.isSeen() || !channel?.alive || !frames.flow.mayCapture()) return;
    const size = fitInto(width, height, this.model.get("width"), this.model.get("height"));
    void this.send(channel, frames.take(), this.grabber.grab(image, ...size));
  }

  private async send(channel: Channel, frame: number, grabbed: Promise<Captured>): Promise<void> {
    const { session } = this;
    let captured: Captured;
    try {
      captured = await grabbed;
    } catch (error) {
      if (session === this.session) this.fail(`A frame could not be encoded (${String(error)}).`);
      return;
    }
    const { bitmap, jpeg, at } = captured;
    if (session !== this.session) {
      bitmap.close();
      return;
    }
    if (this.paused) {
      // Nothing new is looked at after the frame that is held.
      bitmap.close();
      this.frames.drop(frame);
      this.proceed();
      return;
    }
    const capture = now() - at;
    this.frames.send(
      new Picture(frame, { video: this.video, id: frame }, bitmap, at, true),
      capture,
    );
    this.deck.note(frame, at);
    const timings = { capture, ...this.frames.lastTimings };
    const { video } = this;
    channel.send({ kind: "frame", page: this.page, frame, video, captured: at, timings }, [jpeg]);
  }

  private receive(message: KernelMessage, buffers: DataView[]): void {
    this.pinged = null;
    if (this.state.kind === "waiting") {
      if (this.asked === null) this.enter("live");
      else this.enter("starting", this.startingMessage());
    }
    switch (message.kind) {
      case "pong":
        this.frames.greet(message);
        // A source of the kernel's may let wait for its pictures as long as it likes.
        if (!this.inKernel() && this.frames.flow.silence(now()) > GIVE_UP) {
          this.frames.clear();
          if (this.paused && this.deck.id !== null) this.look(this.deck.id);
        }
        return;
      case "command":
        this.obey(message);
        return;
      case "sample":
      case "stored":
        return;
    }
    if (message.page !== this.page) return;
    switch (message.kind) {
      case "picture":
        if (buffers[0]) void this.show(message, buffers[0]);
        return;
      case "effect_result":
        if (message.frame > this.lastBefore)
          void this.made.receive(message, buffers, this.video, this.capturedAt(message));
        return;
      case "effect_error":
        this.made.fail(message);
        return;
      case "expired":
        this.frames.drop(message.frame);
        if (this.sought?.frame === message.frame) {
          const { id } = this.sought;
          this.deck.forget(id);
          if (this.deck.id !== id) this.wish ??= this.deck.id;
        }
        break;
      case "result":
      case "skipped":
      case "failed":
        this.frames.answer(message, buffers);
        if (message.oldest !== null) this.deck.keepFrom(message.oldest);
        break;
      default:
        if (message.video === this.video) this.news?.(message);
        return;
    }
    this.proceed();
  }

  /** When a frame was taken, by the browser's clock. */
  private capturedAt({ live, captured }: { live: boolean; captured: number }): number {
    return live && this.inKernel() ? this.frames.clock.toBrowser(captured) : captured;
  }

  private async show(message: PictureMessage, jpeg: DataView): Promise<void> {
    const { session } = this;
    let picture: Picture | null;
    try {
      picture = await this.frames.show(message, jpeg, this.video);
    } catch (error) {
      if (session === this.session) this.fail(`A frame could not be shown (${String(error)}).`);
      return;
    }
    if (!picture?.live) return;
    if (!this.paused) this.deck.note(picture.id, picture.captured);
    // It was asked for before the pause, and came after the frame that is held: Python goes back
    // to that one.
    else if (this.sought && !this.deck.state().video) this.look(this.sought.id);
  }

  private inKernel(): boolean {
    return IN_KERNEL.includes(this.kind);
  }

  private check(): void {
    const { channel } = this;
    if (!channel?.alive) return;
    const time = now();
    if (this.inKernel() && time - this.stayed > KEEP_ALIVE_INTERVAL) {
      this.stayed = time;
      channel.send({ kind: "keep_alive", page: this.page, video: this.video });
    }
    if (this.pinged === null) {
      // The worker may be loading a model; only a kernel that does not even answer this is busy.
      const silence = this.asked === null ? this.frames.flow.silence(time) : time - this.asked;
      if (silence < SILENCE) return;
    } else if (time - this.pinged > SILENCE) {
      if (this.state.kind !== "waiting") this.enter("waiting", BUSY);
      // The one before may wait for the cell that runs, see askForSample.
    } else {
      return;
    }
    this.pinged = time;
    channel.send({ kind: "ping", asked: time });
  }
}
