/** The state machine of a `Webcam`. */
import type { AnyModel } from "@anywidget/types";
import type { CommandMessage, Origin } from "../generated";
import { randomId } from "../kit/id";
import { Listeners } from "../kit/listeners";
import type { Channel, Loss } from "../transport/channel";
import type { Way } from "../transport/way";
import type { RoutedChannel } from "../transport/worker/routed_channel";
import { Audience } from "./audience";
import { listCameras } from "./devices";
import { acceptFiles } from "./file_drop";
import { openingMessage, openSource } from "./open_source";
import { type FrameImage, SourceError } from "./producers";
import { RunTraits } from "./run_traits";
import type { Source, SourceState } from "./source";
import type { Stats } from "./stats";
import { CONCERNS, type WebcamTraits } from "./webcam_traits";
import { fitInto, Grabber } from "./worker/capture";
import type { DisplayKind, Displays } from "./worker/display";
import { EffectResults } from "./worker/effect_result";
import type { TimelineState } from "./worker/frame_index";
import { Frames } from "./worker/frames";
import { Liveness } from "./worker/liveness";
import { Session, type SessionOwner } from "./worker/session";
import { StreamResults } from "./worker/stream_results";
import { storeFile } from "./worker/upload";

const RERUN = "Run the cell again to create a new one.";
const LOST: Record<Loss, string> = {
  kernel: "The kernel was restarted or shut down. Run the cell again to continue.",
  closed: `This source was closed. ${RERUN}`,
};
const BUSY =
  "Python is busy running a cell, so new masks have to wait. To get masks while cells run, turn on " +
  "Settings > Kernels > “Kernel Comms over subshells”.";

const UNRESPONSIVE =
  "Python does not answer, so new masks have to wait. They continue when it has time again.";

/** The connection to the kernel. */
interface Connection {
  channel: RoutedChannel;
  frames: Frames;
}

type Running = Extract<SourceState, { kind: "starting" | "live" | "waiting" }>;
type Starting = Extract<SourceState, { kind: "starting" }>;

/** The public state, with what is open in it. */
type State =
  | Exclude<SourceState, Running>
  | (Running & { session: Session })
  // A file is being sent to the kernel.
  | (Starting & { transfer: AbortController });

const IDLE: State = { kind: "idle", message: "" };
const NOTHING: TimelineState = { count: 0, index: -1, id: null, span: 0, ago: 0, video: false };

export class WebcamSource implements Source {
  state: State = IDLE;
  /** Distinguishes this source from those of other windows and of the page before a reload. */
  private readonly page = randomId();
  private readonly run: RunTraits;
  private readonly states = new Listeners<[]>();
  private readonly audience = new Audience(() => this.session?.pull());
  // A view that was away shows nothing until the current frame comes again.
  private readonly results = new StreamResults(() => this.session?.lookAgain());
  private readonly effects = new EffectResults();
  private readonly grabber: Grabber;
  private connection: Connection | null = null;
  /** Numbers the sessions. */
  private sessions = 0;
  /** Whether a setting has changed since the source was opened. */
  private outdated = false;

  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    channel: Promise<RoutedChannel | null>,
    private readonly displays: Displays,
    private readonly signal: AbortSignal,
  ) {
    this.run = new RunTraits(model, this.page);
    this.grabber = new Grabber(signal);
    for (const name of ["running", "_page"]) model.on(`change:${name}`, () => this.update());
    for (const [name, origins] of Object.entries(CONCERNS))
      model.on(`change:${name}`, () => {
        if (origins === null || origins.includes(this.kind)) this.reopenSoon();
      });
    model.on("change:paused", () => this.onPausedChanged());
    model.on("change:same_frame", () => this.connection?.frames.update());
    channel.then(
      (found) => this.connect(found),
      (error: unknown) =>
        this.lose(`This source has no connection to the kernel (${String(error)}). ${RERUN}`),
    );
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices(), { signal });
    signal.addEventListener("abort", () => {
      this.end();
      this.results.dispose();
    });
    // A closing page stops its camera and tells Python by a message: a trait's change may wait for
    // an answer that never comes.
    const leave = () => {
      if (!this.run.isRunningHere) return;
      this.stop();
      this.connection?.channel.send({ kind: "leave", page: this.page });
    };
    window.addEventListener("pagehide", leave, { signal });
  }

  // --- the interface of other widgets

  get kind(): Origin {
    return this.model.get("source");
  }

  get paused(): boolean {
    return this.run.paused;
  }

  get way(): Way | null {
    return this.connection?.channel.way ?? null;
  }

  onState(listener: () => void, signal: AbortSignal): void {
    this.states.add(listener, signal);
  }

  start(): void {
    this.run.start();
    this.update();
  }

  stop(): void {
    this.end();
    this.run.stop();
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
      // The camera must not run without a control.
      if (!this.hasControl && this.run.isRunningHere) this.stop();
      else this.states.notify();
    });
    this.update();
    this.states.notify();
  }

  display<Init extends object>(
    kind: DisplayKind,
    init: Init,
    transfer: Transferable[],
    signal: AbortSignal,
  ): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const { results, effects } = this;
    const context = {
      results,
      effects,
      port: port2,
      signal: AbortSignal.any([signal, this.signal]),
    };
    this.displays[kind](structuredClone(init, { transfer }) as never, context);
    signal.addEventListener("abort", () => port1.close());
    return port1;
  }

  stats(stream: string): Stats | null {
    return this.results.stats(stream);
  }

  // --- the state

  private get session(): Session | null {
    return "session" in this.state ? this.state.session : null;
  }

  private connect(channel: RoutedChannel | null): void {
    if (!channel) {
      this.lose(LOST.closed);
      return;
    }
    const { signal, page, results, effects } = this;
    const together = () => this.model.get("same_frame");
    const frames = new Frames(channel, page, results, effects, together, signal);
    this.connection = { channel, frames };
    channel.onMessage((message) => {
      if (message.kind === "command") this.runCommand(message);
    }, signal);
    channel.onLost((loss) => this.lose(LOST[loss]), signal);
    channel.onSwitch(() => frames.giveUp(), signal);
    this.update();
  }

  /** Open or close the source as required by `running`, the control and the connection. */
  private update(): void {
    if (this.state.kind === "lost" || this.signal.aborted) return;
    const storing = "transfer" in this.state && !this.state.transfer.signal.aborted;
    const wanted = (this.run.isRunningHere || storing) && this.hasControl;
    if (wanted && this.connection && !this.session && !storing) void this.open(this.connection);
    if (!wanted && this.state.kind !== "failed") {
      this.end();
      this.enter(IDLE);
    }
  }

  /** Reopen the source, once if several settings change together. */
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

  /** Close the session and cancel a file transfer. */
  private end(): void {
    this.session?.close();
    if ("transfer" in this.state) this.state.transfer.abort();
  }

  private fail(message: string): void {
    this.end();
    this.enter({ kind: "failed", message, offerSample: this.kind !== "sample" });
    this.run.fail();
  }

  private lose(message: string): void {
    this.end();
    this.enter({ kind: "lost", message });
  }

  private enter(state: State): void {
    if (this.state.kind === "lost") return;
    this.state = state;
    this.run.report(state, !this.signal.aborted);
    this.states.notify();
  }

  private async listDevices(): Promise<void> {
    const devices = await listCameras();
    if (this.signal.aborted || this.state.kind === "lost" || !this.run.isOurs) return;
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
    this.run.claim();
    this.model.set("paused", false);
    this.enter(starting);
    const liveness = new Liveness(channel, this.page, frames, session, (busy) => {
      const waiting = channel.way.kind === "direct" ? UNRESPONSIVE : BUSY;
      if (busy) this.enter({ kind: "waiting", message: waiting, session });
      else if (session.isOpen) this.enter({ kind: "live", message: session.notice, session });
      else this.enter({ ...this.starting(), session });
    });
    try {
      const place = { model: this.model, channel, page: this.page, liveness };
      const run = await openSource(place, session, {
        progress: (message, share) => this.enter({ kind: "starting", message, share, session }),
        failed: (message) => this.fail(message),
        noticed: () => {
          if (this.state.kind === "live")
            this.enter({ kind: "live", message: session.notice, session });
        },
      });
      if (session.signal.aborted) return;
      session.isOpen = true;
      this.enter({ kind: "live", message: session.notice, session });
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
    return { kind: "starting", message: openingMessage(this.kind), share: null };
  }

  private async storeAndOpen(channel: Channel, file: File): Promise<void> {
    this.end();
    const transfer = new AbortController();
    const { signal } = transfer;
    const progress = (message: string, share: number | null) =>
      this.enter({ kind: "starting", message, share, transfer });
    try {
      const path = await storeFile(channel, this.page, file, progress, signal);
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
    this.run.paused = paused;
    this.onPausedChanged();
  }

  private onPausedChanged(): void {
    if (this.paused) this.session?.pause();
    else this.session?.play();
    this.states.notify();
  }

  private runCommand(command: CommandMessage): void {
    if (command.command === "step") this.session?.step(command.by);
    if (command.command === "show") this.session?.showFrame(command.id);
    if (command.command === "again") this.session?.lookAgain();
  }
}
