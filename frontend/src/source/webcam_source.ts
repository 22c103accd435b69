/** The state machine behind a `Webcam`: opens and closes its source. */
import type { AnyModel } from "@anywidget/types";
import type { CommandMessage, Origin, RunState } from "../generated";
import { randomId } from "../kit/id";
import { Listeners } from "../kit/listeners";
import { findModel, hostOf, type Reference } from "../kit/reference";
import type { Channel, Loss } from "../transport/channel";
import { Audience } from "./audience";
import { fitInto, Grabber } from "./capture";
import { type Device, listCameras } from "./devices";
import { EffectResults } from "./effect_result";
import { acceptFiles } from "./file_drop";
import type { TimelineState } from "./frame_index";
import { Frames } from "./frames";
import { askForSample, openInKernel } from "./kernel_source";
import { Liveness } from "./liveness";
import {
  type FrameImage,
  openCamera,
  openSample,
  openScreen,
  openWebrtcStream,
  type Run,
  SourceError,
} from "./producers";
import { IN_KERNEL, Session, type SessionOwner } from "./session";
import type { Answered, EffectListener, Source } from "./source";
import type { Stats } from "./stats";
import { StreamResults } from "./stream_results";
import { upload } from "./upload";

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

/** Which settings concern which sources: with another value, these are opened again. */
const CONCERNS: Partial<Record<keyof WebcamTraits, readonly Origin[] | null>> = {
  source: null,
  device_id: ["camera"],
  kernel_device: ["kernel camera"],
  path: ["file"],
  _loaded: ["file", "python"],
  stream: ["stream"],
  // Images of a screen or a stream are as large as they are, and are scaled down one by one.
  width: ["camera", "sample", ...IN_KERNEL],
  height: ["camera", "sample", ...IN_KERNEL],
  frame_rate: ["camera", "kernel camera"],
};

/** What the kernel is reached by; there from when the channel is found. */
interface Connection {
  channel: Channel;
  frames: Frames;
}

interface Starting {
  kind: "starting";
  message: string;
  /** How much is done of what is on its way, 0 to 1; null where that is not known. */
  share: number | null;
}

/** What the source is doing, with what it holds while it does. */
type State =
  | { kind: "idle"; message: "" }
  | (Starting & { session: Session })
  // A file is sent to the kernel, and opened after that.
  | (Starting & { transfer: AbortController })
  | { kind: "live"; message: ""; session: Session }
  | { kind: "waiting"; message: string; session: Session }
  | { kind: "failed"; message: string; offerSample: boolean }
  | { kind: "lost"; message: string };

const IDLE: State = { kind: "idle", message: "" };
const NOTHING: TimelineState = { count: 0, index: -1, id: null, span: 0, ago: 0, video: false };

export class WebcamSource implements Source {
  state: State = IDLE;
  /** Told apart by it: this source, and those of other windows and of the page before a reload. */
  private readonly page = randomId();
  private readonly states = new Listeners<[]>();
  private readonly audience = new Audience(() => this.session?.pull());
  private readonly results = new StreamResults();
  private readonly effects = new EffectResults();
  private readonly grabber: Grabber;
  private connection: Connection | null = null;
  /** How many sessions there were. */
  private sessions = 0;
  /** Whether a setting has changed since the source was opened. */
  private outdated = false;

  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    channel: Promise<Channel | null>,
    private readonly signal: AbortSignal,
  ) {
    this.grabber = new Grabber(signal);
    for (const name of ["running", "_page"]) model.on(`change:${name}`, () => this.update());
    for (const [name, origins] of Object.entries(CONCERNS))
      model.on(`change:${name}`, () => {
        if (origins === null || origins.includes(this.kind)) this.reopenSoon();
      });
    model.on("change:paused", () => this.onPausedChanged());
    model.on("change:same_frame", () => this.connection?.frames.regard());
    void channel.then((found) => this.connect(found));
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices(), { signal });
    signal.addEventListener("abort", () => {
      this.end();
      this.results.dispose();
    });
    // A page that goes away takes its camera along, and Python is told so: by a message, for a
    // trait's change may wait for an answer that will not arrive.
    const leave = () => {
      if (!this.isRunningHere()) return;
      this.stop();
      this.connection?.channel.send({ kind: "leave", page: this.page });
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
    this.update();
  }

  stop(): void {
    this.end();
    this.model.set("_page", "");
    this.model.set("running", false);
    this.model.set("paused", false);
    this.model.save_changes();
    this.update();
  }

  useSample(): void {
    this.model.set("source", "sample");
    this.start();
  }

  openFile(file: File): void {
    if (this.connection?.channel.alive) void this.storeAndOpen(this.connection.channel, file);
  }

  togglePause(): void {
    this.setPaused(!this.paused);
  }

  step(by: number): void {
    this.session?.step(by);
  }

  seek(index: number): void {
    this.session?.seek(index);
  }

  timeline(): TimelineState {
    return this.session?.timeline() ?? NOTHING;
  }

  get hasControl(): boolean {
    return this.audience.hasControl;
  }

  watch(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void {
    this.audience.add(element, role, signal);
    acceptFiles(element, (file) => this.openFile(file), signal);
    signal.addEventListener("abort", () => {
      // The camera is on only while its control can be reached.
      if (!this.hasControl && this.isRunningHere()) this.stop();
      else this.states.notify();
    });
    this.update();
    this.states.notify();
  }

  onResult(stream: string, listener: (answered: Answered) => void, signal: AbortSignal): void {
    this.results.onResult(stream, listener, signal);
    // Away for a while, it shows nothing until the frame that is held comes again.
    if (!this.results.hasShown(stream)) this.session?.lookAgain();
  }

  onEffectResult(view: string, listener: EffectListener, signal: AbortSignal): void {
    this.effects.onResult(view, listener, signal);
  }

  drawn(stream: string, frame: number): void {
    this.results.drawn(stream, frame);
  }

  stats(stream: string): Stats | null {
    return this.results.stats(stream);
  }

  // --- the state

  private get session(): Session | null {
    return "session" in this.state ? this.state.session : null;
  }

  private connect(channel: Channel | null): void {
    if (!channel) {
      this.lose("closed");
      return;
    }
    const { signal, page, results, effects } = this;
    const together = () => this.model.get("same_frame");
    const frames = new Frames(channel, page, results, effects, together, signal);
    this.connection = { channel, frames };
    channel.onMessage((message) => {
      if (message.kind === "command") this.obey(message);
    }, signal);
    channel.onLost((loss) => this.lose(loss), signal);
    this.update();
  }

  /** Open or close the source as `running`, the control and the kernel have it. */
  private update(): void {
    if (this.state.kind === "lost" || this.signal.aborted) return;
    const storing = "transfer" in this.state && !this.state.transfer.signal.aborted;
    const wanted = (this.isRunningHere() || storing) && this.hasControl;
    if (wanted && this.connection && !this.session && !storing) void this.open(this.connection);
    if (!wanted && this.state.kind !== "failed") {
      this.end();
      this.enter(IDLE);
    }
  }

  /** Whether this page, or Python, pressed Start; another window's camera stays its own. */
  private isOurs(): boolean {
    return ["", this.page].includes(this.model.get("_page"));
  }

  private isRunningHere(): boolean {
    return this.model.get("running") && this.isOurs();
  }

  /** Open the source again: once, where several settings change together. */
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
    this.end();
    this.state = IDLE;
    this.update();
  }

  /** Close what is open, and want no file that is on its way. */
  private end(): void {
    this.session?.close();
    if ("transfer" in this.state) this.state.transfer.abort();
  }

  private fail(message: string): void {
    this.end();
    this.enter({ kind: "failed", message, offerSample: this.kind !== "sample" });
    this.model.set("running", false);
    this.model.set("paused", false);
    this.model.save_changes();
  }

  private lose(loss: Loss): void {
    this.end();
    this.enter({ kind: "lost", message: LOST[loss] });
  }

  private enter(state: State): void {
    if (this.state.kind === "lost") return;
    this.state = state;
    // Of two windows, only the one that runs the source says how it is.
    if (state.kind !== "lost" && this.isOurs()) {
      this.model.set("state", state.kind);
      this.model.set("message", state.message);
      if (!this.signal.aborted) this.model.save_changes();
    }
    this.states.notify();
  }

  private async listDevices(): Promise<void> {
    const devices = await listCameras();
    if (this.signal.aborted || this.state.kind === "lost" || !this.isOurs()) return;
    this.model.set("devices", devices);
    this.model.save_changes();
  }

  // --- opening

  private async open({ channel, frames }: Connection): Promise<void> {
    this.outdated = false;
    this.sessions += 1;
    const session = new Session(this.kind, this.sessions, frames, this.owner());
    const starting: State = { ...this.starting(), session };
    this.state = starting;
    // Started by Python, it is now this page's: a reload or another window does not start it.
    this.model.set("_page", this.page);
    this.model.set("paused", false);
    this.enter(starting);
    const liveness = new Liveness(channel, this.page, frames, session, (busy) => {
      if (busy) this.enter({ kind: "waiting", message: BUSY, session });
      else if (session.isOpen) this.enter({ kind: "live", message: "", session });
      else this.enter({ ...this.starting(), session });
    });
    try {
      const run = await this.openSource(channel, session, liveness);
      if (session.signal.aborted) return;
      session.isOpen = true;
      this.enter({ kind: "live", message: "", session });
      run((image, width, height) => this.offer(frames, session, image, width, height));
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

  private owner(): SessionOwner {
    return {
      history: () => this.model.get("history"),
      isSeen: () => this.audience.isLooking,
      setPaused: (paused) => this.setPaused(paused),
      changed: () => this.states.notify(),
      fail: (message) => this.fail(message),
    };
  }

  private starting(): Starting {
    const start = (message: string): Starting => ({ kind: "starting", message, share: null });
    switch (this.kind) {
      case "camera":
        return start("Waiting for the camera. If the browser asks, allow it.");
      case "screen":
        return start("Choose the screen or window to share.");
      default:
        return start("Starting.");
    }
  }

  private async openSource(channel: Channel, session: Session, liveness: Liveness): Promise<Run> {
    const { model } = this;
    const { origin, signal } = session;
    const [width, height] = [model.get("width"), model.get("height")];
    const wish = { width, height, frameRate: model.get("frame_rate") };
    const ended = () => this.fail(ENDED[origin]);
    const opening = { signal, onEnded: ended };
    switch (origin) {
      case "camera":
        return openCamera(model.get("device_id"), wish, opening);
      case "screen":
        return openScreen(wish, opening);
      case "sample": {
        const sample = await liveness.expect(askForSample(channel, signal));
        return openSample(sample, width, height, signal);
      }
      case "stream":
        return openWebrtcStream(await this.findStream(), opening);
      default: {
        const wanted = {
          source: origin,
          path: model.get("path"),
          device: model.get("kernel_device"),
          width,
          height,
          frame_rate: wish.frameRate,
        };
        return liveness.expect(
          openInKernel(channel, this.page, session, wanted, {
            progress: (message, share) => this.enter({ kind: "starting", message, share, session }),
            failed: (message) => this.fail(message),
            ended,
          }),
        );
      }
    }
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

  private async storeAndOpen(channel: Channel, file: File): Promise<void> {
    this.end();
    const transfer = new AbortController();
    const { signal } = transfer;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
    const progress = (done: number) => {
      const message = `Storing ${file.name}: ${megabytes(done)} of ${megabytes(file.size)} MB.`;
      const share = file.size > 0 ? done / file.size : null;
      this.enter({ kind: "starting", message, share, transfer });
    };
    progress(0);
    try {
      const path = await upload(channel, this.page, file, progress, signal);
      if (signal.aborted) return;
      this.end();
      this.state = IDLE;
      this.model.set("path", path);
      this.model.set("source", "file");
      this.start();
    } catch (error) {
      if (signal.aborted) return;
      this.fail(error instanceof SourceError ? error.message : String(error));
    }
  }

  // --- playing

  private offer(
    frames: Frames,
    session: Session,
    image: FrameImage,
    width: number,
    height: number,
  ): void {
    if (session.paused || !this.audience.isLooking || !frames.mayCapture) return;
    const size = fitInto(width, height, this.model.get("width"), this.model.get("height"));
    void frames.capture(session, () => this.grabber.grab(image, ...size));
  }

  private setPaused(paused: boolean): void {
    if (paused === this.paused || (paused && !this.session)) return;
    this.model.set("paused", paused);
    this.model.save_changes();
    this.onPausedChanged();
  }

  private onPausedChanged(): void {
    if (this.paused) this.session?.pause();
    else this.session?.play();
    this.states.notify();
  }

  private obey(command: CommandMessage): void {
    if (command.command === "step") this.session?.step(command.by);
    if (command.command === "show") this.session?.showFrame(command.id);
    if (command.command === "again") this.session?.lookAgain();
  }
}
