/** The state machine behind a `Webcam`: opens and closes the source, and sends its frames. */
import type { AnyModel } from "@anywidget/types";
import { type Captured, fitInto, Grabber } from "./capture";
import type { Channel, Loss } from "./channel";
import { ClockOffset, now } from "./clock";
import { Flow } from "./flow";
import { Listeners } from "./listeners";
import { inShares } from "./mask";
import { find, freshNumber, pageId } from "./page";
import { Picture } from "./picture";
import { readPoses } from "./pose";
import {
  type FrameImage,
  openCamera,
  openSample,
  openWebrtcStream,
  type Run,
  SourceError,
} from "./producers";
import type { AnswerMessage, BrowserTimings, KernelMessage } from "./protocol";
import type { Answered, Source, SourceKind, SourceState } from "./source";
import { RecentStats, type Stats } from "./stats";
import { watchVisibility } from "./visibility";

export interface Device {
  id: string;
  label: string;
}

export interface WebcamTraits {
  _key: string;
  _channel: string;
  _page: string;
  source: "camera" | "sample" | "stream";
  stream: string | null;
  running: boolean;
  state: "idle" | "starting" | "live" | "waiting" | "failed";
  message: string;
  devices: Device[];
  device_id: string;
  width: number;
  height: number;
}

/** A kernel that is free answers in a few ms; a silence this long (ms) is asked about. */
const SILENCE = 1000;
const CHECK_INTERVAL = 250;
/** A kernel that answers, but not for the frames in flight, has lost them (ms). */
const GIVE_UP = 10_000;

const LOST: Record<Loss, string> = {
  kernel: "The kernel was restarted or shut down. Run the cell again to go on.",
  closed: "This source was closed. Run the cell again to make a new one.",
};
const ENDED: Record<WebcamTraits["source"], string> = {
  camera: "The camera was disconnected. Connect it and press Start, or use the sample picture.",
  stream: "The ipywebrtc stream has ended. Start it again and press Start here.",
  sample: "The sample has ended. Press Start to see it again.",
};
const BUSY =
  "Python is busy with a cell, so new masks wait for it. Masks go on while cells run when " +
  "Settings > Kernels > “Kernel Comms over subshells” is on.";

/** A frame the kernel has not finished. */
interface Pending {
  picture: Picture;
  sent: number;
  capture: number;
}

/** A result that was handed to the views and not drawn yet. */
interface Shown {
  message: AnswerMessage & { kind: "result" };
  pending: Pending;
  up: number;
  down: number;
  at: number;
}

/** What the streams of this source have drawn. */
interface StreamRecord {
  results: Listeners<[Answered]>;
  stats: RecentStats;
  answered: Shown | null;
}

export class WebcamSource implements Source {
  state: SourceState = { kind: "idle", message: "", offerSample: false };
  private readonly states = new Listeners<[]>();
  private readonly streams = new Map<string, StreamRecord>();
  /** Views and controls of this source, and whether each can be seen. */
  private readonly views = new Map<Element, boolean>();
  private readonly controls = new Map<Element, boolean>();
  private readonly pending = new Map<number, Pending>();
  private readonly flow = new Flow();
  private readonly clock = new ClockOffset();
  private readonly grabber: Grabber;
  private channel: Channel | null = null;
  /** Ends what was opened last; null while nothing is open. */
  private session: AbortController | null = null;
  /** Which opening of the source it is: what Python follows a person through. */
  private video = 0;
  private frames = 0;
  private lastTimings: Omit<BrowserTimings, "capture"> = { up: null, down: null, draw: null };
  private watchdog = 0;
  /** When the kernel was asked for a sign of life it has not given yet. */
  private pinged: number | null = null;
  /** Since when the sample picture is waited for; null while it is not. */
  private asked: number | null = null;

  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    private readonly signal: AbortSignal,
  ) {
    this.grabber = new Grabber(signal);
    for (const name of ["running", "_page"]) model.on(`change:${name}`, () => this.follow());
    for (const name of ["source", "device_id", "width", "height", "stream"])
      model.on(`change:${name}`, () => this.reopen());
    find<Channel>(model.get("_channel")).then((channel) => {
      this.channel = channel;
      channel.onMessage((message, buffers) => this.receive(message, buffers), signal);
      channel.onLost((loss) => this.lose(loss), signal);
      this.follow();
    });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices(), { signal });
    signal.addEventListener("abort", () => this.shut());
    // A page that goes away takes its camera along, and Python is told so.
    window.addEventListener("pagehide", () => this.isRunningHere() && this.stop(), { signal });
  }

  // --- what the page's widgets use

  get kind(): WebcamTraits["source"] {
    return this.model.get("source");
  }

  onState(listener: () => void, signal: AbortSignal): void {
    this.states.add(listener, signal);
  }

  start(): void {
    this.model.set("_page", pageId());
    this.model.set("running", true);
    this.model.save_changes();
    this.follow();
  }

  stop(): void {
    this.model.set("_page", "");
    this.model.set("running", false);
    this.model.save_changes();
    this.follow();
  }

  useSample(): void {
    this.model.set("source", "sample");
    this.start();
  }

  get hasControl(): boolean {
    return this.controls.size > 0;
  }

  watch(element: Element, role: "view" | "control", signal: AbortSignal): void {
    const group = role === "view" ? this.views : this.controls;
    group.set(element, false);
    watchVisibility(element, (visible) => group.set(element, visible), signal);
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
    this.record(stream).results.add(listener, signal);
  }

  drawn(stream: string, frame: number): void {
    const record = this.record(stream);
    const { answered } = record;
    // A second view of the same stream draws the same frame again.
    if (!answered || answered.message.frame !== frame) return;
    record.answered = null;
    const { message, pending, up, down } = answered;
    const at = now();
    const draw = at - answered.at;
    this.lastTimings = { up, down, draw };
    record.stats.add({
      at,
      total: at - pending.picture.captured,
      stages: { capture: pending.capture, up, ...message.timings, down, draw },
    });
  }

  stats(stream: string): Stats | null {
    return this.record(stream).stats.at(now());
  }

  // --- the source

  /** Open or close the source as `running`, the control and the kernel have it. */
  private follow(): void {
    if (this.state.kind === "lost" || this.signal.aborted) return;
    const wanted = this.isRunningHere() && this.hasControl;
    if (wanted && this.channel && !this.session) void this.open(this.channel);
    if (!wanted && this.state.kind !== "failed") {
      this.shut();
      this.enter("idle");
    }
  }

  /** Whether this page, or Python, pressed Start; another window's camera stays its own. */
  private isOurs(): boolean {
    return ["", pageId()].includes(this.model.get("_page"));
  }

  private isRunningHere(): boolean {
    return this.model.get("running") && this.isOurs();
  }

  private reopen(): void {
    if (this.state.kind === "lost") return;
    this.shut();
    this.state = { kind: "idle", message: "", offerSample: false };
    this.follow();
  }

  private async open(channel: Channel): Promise<void> {
    const session = new AbortController();
    this.session = session;
    this.video = freshNumber();
    // Started by Python, it is now this page's: a reload or another window does not start it.
    this.model.set("_page", pageId());
    this.enter("starting", this.startingMessage());
    this.watchdog = window.setInterval(() => this.check(), CHECK_INTERVAL);
    try {
      const run = await this.openSource(channel, session.signal);
      if (session.signal.aborted) return;
      run((image, width, height) => this.offer(image, width, height));
      this.enter("live");
      void this.listDevices();
    } catch (error) {
      if (session.signal.aborted) return;
      const known = error instanceof SourceError;
      this.fail(
        known
          ? error.message
          : `The pictures could not be started (${String(error)}). Press Start to try again.`,
      );
    }
  }

  private startingMessage(): string {
    return this.model.get("source") === "camera"
      ? "Waiting for the camera. If the browser asks, allow it."
      : "Starting.";
  }

  private async openSource(channel: Channel, signal: AbortSignal): Promise<Run> {
    const { model } = this;
    const [width, height] = [model.get("width"), model.get("height")];
    const source = model.get("source");
    const opening = { signal, onEnded: () => this.fail(ENDED[source]) };
    switch (source) {
      case "camera":
        return openCamera(model.get("device_id"), width, height, opening);
      case "sample":
        return openSample(await this.askForSample(channel, signal), width, height, signal);
      case "stream":
        return openWebrtcStream(await this.findStream(), opening);
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

  private findStream(): Promise<unknown> {
    const reference = this.model.get("stream");
    if (!reference) {
      throw new SourceError(
        "No stream was given. Make this widget with Webcam(stream=CameraStream()).",
      );
    }
    return this.model.widget_manager.get_model(reference.replace("IPY_MODEL_", "")).catch(() => {
      throw new SourceError(
        "The ipywebrtc stream was closed. Make a new one and give it to Webcam.",
      );
    });
  }

  private shut(): void {
    this.session?.abort();
    this.session = null;
    clearInterval(this.watchdog);
    this.pinged = null;
    this.asked = null;
    this.forgetFrames();
  }

  /** Stop waiting for answers to the frames on their way. */
  private forgetFrames(): void {
    this.flow.clear();
    for (const { picture } of this.pending.values()) picture.release();
    this.pending.clear();
  }

  private fail(message: string): void {
    this.shut();
    this.enter("failed", message, this.model.get("source") !== "sample");
    this.model.set("running", false);
    this.model.save_changes();
  }

  private lose(loss: Loss): void {
    this.shut();
    this.enter("lost", LOST[loss]);
  }

  private enter(kind: SourceKind, message = "", offerSample = false): void {
    if (this.state.kind === "lost") return;
    this.state = { kind, message, offerSample };
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

  // --- the frames

  /** Whether a view can be seen; where there is none, Python alone looks, and the control does. */
  private isSeen(): boolean {
    const looking = this.views.size > 0 ? this.views : this.controls;
    return [...looking.values()].includes(true);
  }

  private offer(image: FrameImage, width: number, height: number): void {
    const { channel } = this;
    if (!this.isSeen() || !channel?.alive || !this.flow.mayCapture()) return;
    this.frames += 1;
    this.flow.take(this.frames, now());
    const size = fitInto(width, height, this.model.get("width"), this.model.get("height"));
    void this.send(channel, this.frames, this.grabber.grab(image, ...size));
  }

  private async send(channel: Channel, frame: number, grabbed: Promise<Captured>): Promise<void> {
    const { session } = this;
    let captured: Captured;
    try {
      captured = await grabbed;
    } catch (error) {
      if (session === this.session) this.fail(`A picture could not be encoded (${String(error)}).`);
      return;
    }
    const { bitmap, jpeg, at } = captured;
    if (session !== this.session) {
      bitmap.close();
      return;
    }
    const sent = now();
    const capture = sent - at;
    this.pending.set(frame, { picture: new Picture(frame, bitmap, at), sent, capture });
    const timings = { capture, ...this.lastTimings };
    const { video } = this;
    channel.send({ kind: "frame", page: pageId(), frame, video, captured: at, timings }, [jpeg]);
  }

  private receive(message: KernelMessage, buffers: DataView[]): void {
    this.pinged = null;
    if (this.state.kind === "waiting") {
      if (this.asked === null) this.enter("live");
      else this.enter("starting", this.startingMessage());
    }
    if (message.kind === "pong" && this.flow.silence(now()) > GIVE_UP) this.forgetFrames();
    if (message.kind === "sample" || message.kind === "pong") return;
    const pending = this.pending.get(message.frame);
    if (message.page !== pageId() || !pending) return;
    const answered = now();
    this.flow.answer(message.frame, message.kind, message.left, answered);
    if (message.kind === "result" && buffers[0] && buffers[1]) {
      this.handOut(message, buffers[0], buffers[1], pending, answered);
    }
    if (message.left === 0) {
      this.pending.delete(message.frame);
      pending.picture.release();
    }
  }

  private handOut(
    message: AnswerMessage & { kind: "result" },
    probability: DataView,
    keypoints: DataView,
    pending: Pending,
    answered: number,
  ): void {
    const { up, down } = this.clock.ways({
      sent: pending.sent,
      received: message.received,
      replied: message.sent,
      answered,
    });
    const [height, width] = message.shape;
    const { buffer, byteOffset, byteLength } = probability;
    const data = new Uint8Array(buffer, byteOffset, byteLength);
    const [left, top, columns, rows] = message.region;
    const { bitmap } = pending.picture;
    const pixels = { left, top, width: columns, height: rows };
    const region = inShares(pixels, bitmap.width, bitmap.height);
    const record = this.record(message.stream);
    record.answered = { message, pending, up, down, at: answered };
    record.results.call({
      picture: pending.picture,
      mask: { data, width, height, region },
      poses: readPoses(message.poses, keypoints),
      timings: message.timings,
      up,
      down,
    });
  }

  private check(): void {
    if (!this.channel?.alive) return;
    const time = now();
    if (this.pinged === null) {
      // The worker may be loading a model; only a kernel that does not even answer this is busy.
      const silence = this.asked === null ? this.flow.silence(time) : time - this.asked;
      if (silence < SILENCE) return;
      this.pinged = time;
      this.channel.send({ kind: "ping" });
    } else if (time - this.pinged > SILENCE) {
      if (this.state.kind !== "waiting") this.enter("waiting", BUSY);
      // The one before may wait for the cell that runs, see askForSample.
      this.pinged = time;
      this.channel.send({ kind: "ping" });
    }
  }

  private record(stream: string): StreamRecord {
    let record = this.streams.get(stream);
    if (!record) {
      record = { results: new Listeners(), stats: new RecentStats(), answered: null };
      this.streams.set(stream, record);
    }
    return record;
  }
}
