/** The state machine behind a `Webcam`: opens and closes the source, and sends its frames. */
import type { AnyModel } from "@anywidget/types";
import { type Captured, fitInto, Grabber } from "./capture";
import type { Channel, Loss } from "./channel";
import { ClockOffset, now } from "./clock";
import { Flow } from "./flow";
import { Listeners } from "./listeners";
import { find, pageId } from "./page";
import { Picture } from "./picture";
import {
  type FrameImage,
  openCamera,
  openWebrtcStream,
  type Producer,
  SampleProducer,
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

/** A mask that was handed to the views and not drawn yet. */
interface Shown {
  message: AnswerMessage & { kind: "result" };
  pending: Pending;
  up: number;
  down: number;
  at: number;
}

/** What the streams of this source have drawn. */
interface StreamRecord {
  masks: Listeners<[Answered]>;
  stats: RecentStats;
  answered: Shown | null;
}

export class WebcamSource implements Source {
  state: SourceState = { kind: "idle", message: "", offerSample: false };
  private readonly states = new Listeners<[]>();
  private readonly streams = new Map<string, StreamRecord>();
  private readonly seen = new Set<Element>();
  private readonly pending = new Map<number, Pending>();
  private readonly flow = new Flow();
  private readonly clock = new ClockOffset();
  private readonly grabber: Grabber;
  private channel: Channel | null = null;
  private producer: Producer | null = null;
  private displays = 0;
  /** Tells an opening that took long whether it is still wanted. */
  private attempt = 0;
  private frames = 0;
  private lastTimings: Omit<BrowserTimings, "capture"> = { up: null, down: null, draw: null };
  private watchdog = 0;
  /** When the kernel was asked for a sign of life it has not given yet. */
  private pinged: number | null = null;

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

  watch(element: Element, signal: AbortSignal): void {
    watchVisibility(
      element,
      (visible) => {
        if (visible) this.seen.add(element);
        else this.seen.delete(element);
      },
      signal,
    );
  }

  onMask(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    this.record(stream).masks.add(listener, signal);
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

  /** A display of the control itself; the camera is off while there is none. */
  display(signal: AbortSignal): void {
    this.displays += 1;
    this.follow();
    signal.addEventListener("abort", () => {
      this.displays -= 1;
      if (this.displays === 0 && this.model.get("running")) this.stop();
    });
  }

  // --- the source

  /** Open or close the source as `running`, the display and the kernel have it. */
  private follow(): void {
    if (this.state.kind === "lost" || this.signal.aborted) return;
    const wanted = this.model.get("running") && this.displays > 0 && this.isOurs();
    const open = this.state.kind !== "idle" && this.state.kind !== "failed";
    if (wanted && this.channel && !open) void this.open(this.channel);
    if (!wanted && this.state.kind !== "failed") {
      this.shut();
      this.enter("idle");
    }
  }

  /** Whether this page, or Python, pressed Start; another window's camera stays its own. */
  private isOurs(): boolean {
    return ["", pageId()].includes(this.model.get("_page"));
  }

  private reopen(): void {
    this.shut();
    this.state = { kind: "idle", message: "", offerSample: false };
    if (this.model.get("running")) this.follow();
    else this.enter("idle");
  }

  private async open(channel: Channel): Promise<void> {
    this.attempt += 1;
    const { attempt } = this;
    this.enter("starting", this.startingMessage());
    try {
      const producer = await this.openProducer(channel);
      if (attempt !== this.attempt) {
        producer.stop();
        return;
      }
      this.producer = producer;
      producer.run((image, width, height) => this.offer(image, width, height));
      this.watchdog = window.setInterval(() => this.check(), CHECK_INTERVAL);
      this.enter("live");
      void this.listDevices();
    } catch (error) {
      if (attempt !== this.attempt) return;
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

  private openProducer(channel: Channel): Promise<Producer> {
    const [width, height] = [this.model.get("width"), this.model.get("height")];
    const ended = () => this.fail(ENDED[this.model.get("source")]);
    switch (this.model.get("source")) {
      case "camera":
        return openCamera(this.model.get("device_id"), width, height, ended);
      case "sample":
        return this.openSample(channel, width, height);
      case "stream":
        return this.openStream(ended);
    }
  }

  private async openSample(channel: Channel, width: number, height: number): Promise<Producer> {
    const jpeg = await new Promise<DataView>((resolve) => {
      const done = new AbortController();
      channel.onMessage((message, buffers) => {
        if (message.kind !== "sample" || !buffers[0]) return;
        done.abort();
        resolve(buffers[0]);
      }, done.signal);
      channel.send({ kind: "sample" });
    });
    const blob = new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" });
    return new SampleProducer(await createImageBitmap(blob), width, height);
  }

  private async openStream(ended: () => void): Promise<Producer> {
    const reference = this.model.get("stream");
    if (!reference) {
      throw new SourceError(
        "No stream was given. Make this widget with Webcam(stream=CameraStream()).",
      );
    }
    const model = await this.model.widget_manager
      .get_model(reference.replace("IPY_MODEL_", ""))
      .catch(() => {
        throw new SourceError(
          "The ipywebrtc stream was closed. Make a new one and give it to Webcam.",
        );
      });
    return openWebrtcStream(model, ended);
  }

  private shut(): void {
    this.attempt += 1;
    clearInterval(this.watchdog);
    this.pinged = null;
    this.producer?.stop();
    this.producer = null;
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
    if (kind === "lost") this.model.set("running", false);
    else {
      this.model.set("state", kind);
      this.model.set("message", message);
      if (!this.signal.aborted && this.isOurs()) this.model.save_changes();
    }
    this.states.call();
  }

  private async listDevices(): Promise<void> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const cameras = all.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
    if (this.signal.aborted || this.state.kind === "lost") return;
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

  private offer(image: FrameImage, width: number, height: number): void {
    const { channel } = this;
    if (this.seen.size === 0 || !channel?.alive || !this.flow.mayCapture()) return;
    this.frames += 1;
    this.flow.take(this.frames, now());
    const size = fitInto(width, height, this.model.get("width"), this.model.get("height"));
    void this.send(channel, this.frames, this.grabber.grab(image, ...size));
  }

  private async send(channel: Channel, frame: number, grabbed: Promise<Captured>): Promise<void> {
    const { attempt } = this;
    let captured: Captured;
    try {
      captured = await grabbed;
    } catch (error) {
      if (attempt === this.attempt) this.fail(`A picture could not be encoded (${String(error)}).`);
      return;
    }
    const { bitmap, jpeg, at } = captured;
    if (attempt !== this.attempt) {
      bitmap.close();
      return;
    }
    const sent = now();
    const capture = sent - at;
    this.pending.set(frame, { picture: new Picture(frame, bitmap, at), sent, capture });
    const timings = { capture, ...this.lastTimings };
    channel.send({ kind: "frame", page: pageId(), frame, captured: at, timings }, [jpeg]);
  }

  private receive(message: KernelMessage, buffers: DataView[]): void {
    this.pinged = null;
    if (this.state.kind === "waiting") this.enter("live");
    if (message.kind === "sample" || message.kind === "pong") return;
    const pending = this.pending.get(message.frame);
    if (message.page !== pageId() || !pending) return;
    const answered = now();
    this.flow.answer(message.frame, message.kind, message.left, answered);
    if (message.kind === "result" && buffers[0]) {
      this.handOut(message, buffers[0], pending, answered);
    }
    if (message.left === 0) {
      this.pending.delete(message.frame);
      pending.picture.release();
    }
  }

  private handOut(
    message: AnswerMessage & { kind: "result" },
    buffer: DataView,
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
    const data = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const record = this.record(message.stream);
    record.answered = { message, pending, up, down, at: answered };
    record.masks.call({
      picture: pending.picture,
      mask: { data, width, height },
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
      if (this.flow.silence(time) < SILENCE) return;
      this.pinged = time;
      this.channel.send({ kind: "ping" });
    } else if (time - this.pinged > SILENCE && this.state.kind === "live") {
      this.enter("waiting", BUSY);
    }
  }

  private record(stream: string): StreamRecord {
    let record = this.streams.get(stream);
    if (!record) {
      record = { masks: new Listeners(), stats: new RecentStats(), answered: null };
      this.streams.set(stream, record);
    }
    return record;
  }
}
