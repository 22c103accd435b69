/** The page's half of a source: the state machine of a `Webcam`. */
import type { AnyModel } from "@anywidget/types";
import type { Origin } from "../generated";
import { randomId } from "../kit/id";
import { Listeners } from "../kit/listeners";
import { SAVED } from "../kit/saved_notebook";
import { Soon } from "../kit/soon";
import type { Channel, Loss } from "../transport/channel";
import { relay } from "../transport/comm_relay";
import type { KernelAccess } from "../transport/kernel_access";
import type { KernelStatus } from "../transport/kernel_status";
import { releaseChanges } from "../transport/release_changes";
import type { Way } from "../transport/way";
import { type Controls, controlsIn, type Facts } from "./condition";
import { EngineEnd, type TaskNews } from "./engine_end";
import type { Opening } from "./engine_messages";
import { acceptFiles } from "./file_drop";
import { Need, type NeedOwner } from "./need";
import { endedMessage, openingMessage, openSource } from "./open_source";
import { IN_KERNEL, SWITCHED_OFF } from "./origins";
import { type Pictures, whereTo } from "./pictures";
import { type Circumstances, heldState, IDLE, type State, stateOf } from "./run_state";
import { RunTraits } from "./run_traits";
import type { Source } from "./source";
import { problemOf } from "./source_error";
import { LOST, unconnected } from "./state_messages";
import type { Stats } from "./stats";
import { Task } from "./task";
import { NOTHING, TimelineRequests } from "./timeline_requests";
import type { TimelineState } from "./timeline_state";
import {
  isMirror,
  onConcern,
  PICTURES,
  SETTINGS,
  settingsOf,
  type WebcamTraits,
} from "./webcam_traits";

export class WebcamSource implements Source, NeedOwner {
  state: State = IDLE;
  readonly isMirror = () => isMirror(this.model);
  /** Distinguishes this source from those of other windows and of the page before a reload. */
  private readonly page = randomId();
  private readonly run: RunTraits;
  private readonly states = new Listeners<[]>();
  private readonly need: Need;
  private readonly engine: EngineEnd;
  private comm: Channel | null = null;
  private kernel: KernelStatus | null = null;
  /** Numbers the tasks. */
  private tasks = 0;
  private readonly asked = new TimelineRequests(
    (command) => this.engine.command(command),
    () => this.states.notify(),
  );
  /** Opens the source again, once if several settings change together. */
  private readonly reopening: Soon;
  /** Whether the kernel has ended, and models in the page go on. */
  private withoutKernel = false;

  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    access: Promise<KernelAccess | null>,
    private readonly signal: AbortSignal,
  ) {
    this.run = new RunTraits(model, this.page);
    this.need = new Need(() => model.get("_wanted"), this, signal);
    this.engine = new EngineEnd(signal, {
      news: (news) => this.hear(news),
      filled: () => this.states.notify(),
      failed: (message) => this.lose(message),
    });
    for (const name of ["running", "_page"]) model.on(`change:${name}`, () => this.onRunChanged());
    this.reopening = new Soon(() => this.reopen(), signal);
    onConcern(model, () => this.reopening.request());
    model.on("change:paused", () => this.asked.pause(this.paused));
    model.on("change:_wanted", () => this.need.update());
    const set = () => this.engine.command({ kind: "settings", settings: settingsOf(model) });
    for (const name of SETTINGS) model.on(`change:${name}`, set);
    for (const name of PICTURES) model.on(`change:${name}`, () => this.states.notify());
    set();
    access.then(
      (found) => this.connect(found),
      (error: unknown) => this.lose(unconnected(error)),
    );
    navigator.mediaDevices?.addEventListener("devicechange", () => this.listDevices(), { signal });
    signal.addEventListener("abort", () => {
      this.end();
      this.engine.close();
    });
    // A closing page stops its camera and tells Python by a message alone: a trait's change may wait
    // for an answer that never comes, and would stop what another window has just begun.
    const leave = () => {
      if (!this.run.isRunningHere) return;
      this.end();
      this.run.leave();
      this.comm?.send({ kind: "leave", page: this.page });
    };
    window.addEventListener("pagehide", leave, { signal });
  }

  // --- the interface of other widgets

  get kind(): Origin {
    return this.model.get("source");
  }

  get way(): Way | null {
    return this.engine.way;
  }

  get paused(): boolean {
    return this.run.paused;
  }

  get pictures(): Pictures {
    return this.withoutKernel ? "stay" : whereTo(this.kind, settingsOf(this.model));
  }

  get controls(): Controls {
    return controlsIn(this.facts);
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
    if (this.withoutKernel) this.lose(LOST.kernel);
    this.update();
  }

  useSample(): void {
    this.model.set("source", "sample");
    this.start();
  }

  openFile(file: File): void {
    if (!this.comm?.alive) return;
    this.end();
    const task = this.begin("transfer");
    this.enter({ kind: "starting", message: openingMessage("file"), share: null, task });
    this.engine.command({ kind: "store", task: task.number, file });
  }

  togglePause(): void {
    this.setPaused(!this.paused);
  }

  readonly step = (by: number) => this.asked.step(by);

  readonly seek = (index: number) => this.asked.seek(index);

  timeline(): TimelineState {
    return this.session ? this.asked.state : NOTHING;
  }

  get hasControl(): boolean {
    return this.need.audience.hasControl;
  }

  watch(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void {
    this.need.audience.add(element, role, signal);
    acceptFiles(element, (file) => this.openFile(file), signal);
    signal.addEventListener("abort", () => this.states.notify());
    this.states.notify();
  }

  readonly display: Source["display"] = (kind, init, transfer, signal) =>
    this.engine.display(kind, init, transfer, signal);

  stats(stream: string): Stats | null {
    return this.engine.stats(stream);
  }

  private get facts(): Facts {
    return {
      state: this.state,
      elsewhere: this.run.isRunningElsewhere,
      connected: this.kernel?.connected ?? true,
      paused: this.paused,
      hasFrames: this.timeline().count > 0,
      hasResults: this.engine.hasResults,
      withoutKernel: this.withoutKernel,
      pictures: this.pictures,
    };
  }

  // --- the engine

  private hear(news: TaskNews): void {
    const { task } = this;
    if (task?.number !== news.task) return;
    switch (news.kind) {
      case "opened":
        task.isOpen = true;
        this.goOn(task);
        this.need.wait();
        this.listDevices();
        break;
      case "progress": {
        const { message, share } = news;
        this.enter({ kind: "starting", message, share, task });
        break;
      }
      case "notice":
        task.notice = news.message;
        if (this.state.kind === "live") this.goOn(task);
        break;
      case "busy":
        task.isBusy = news.busy;
        this.goOn(task);
        break;
      case "paused":
        this.setPaused(true);
        break;
      case "timeline":
        if (this.asked.hear(news.timeline, news.request)) this.states.notify();
        break;
      case "ended":
        this.fail(endedMessage(this.kind));
        break;
      case "failed":
        this.fail(news.message);
        break;
      case "stored":
        this.openStored(news.path);
    }
  }

  // --- the state

  private get task(): Task | null {
    return "task" in this.state ? this.state.task : null;
  }

  private get session(): Task | null {
    return this.task?.kind === "session" ? this.task : null;
  }

  private connect(access: KernelAccess | null): void {
    if (!access?.comm.alive) {
      this.lose(access ? SAVED : LOST.closed);
      return;
    }
    const { comm, link, status } = access;
    this.comm = comm;
    this.kernel = status;
    status.onChange(() => this.onKernelChanged(), this.signal);
    const port = relay(comm, this.signal);
    this.engine.command({ kind: "connect", page: this.page, comm: port, link }, [port]);
    comm.onLost((loss) => this.onLost(loss), this.signal);
    this.update();
  }

  /** Go on with models in the page if the kernel has ended, else end. */
  private onLost(loss: Loss): void {
    const { session, kind, model } = this;
    const isInPage = model.get("_local_streams").length > 0 && !IN_KERNEL.includes(kind);
    if (loss === "kernel" && session?.isOpen && isInPage) {
      this.withoutKernel = true;
      this.goOn(session);
    } else {
      this.lose(LOST[loss]);
    }
  }

  /** Open or close the source as required by `running`, the control and the connection. */
  private update(): void {
    if (this.state.kind === "lost" || this.signal.aborted || this.withoutKernel) return;
    const storing = this.task?.kind === "transfer" && !this.task.signal.aborted;
    const wanted = this.run.isRunningHere || storing;
    if (wanted && this.comm && !this.session && !storing) {
      if (this.need.audience.canStop) void this.open();
      else this.hold(null);
    }
    if (!wanted && this.state.kind !== "failed") {
      this.end();
      this.enter(IDLE);
    }
  }

  /** Go on, or go on hold. */
  onNeedChanged(): void {
    const { need, session } = this;
    this.engine.command({ kind: "needed", needed: need.exists });
    if (session?.isOpen) {
      if (need.exists && session.isOff) void this.switchOn(session);
      this.goOn(session);
    } else {
      this.update();
    }
  }

  /** Switch a camera off that nobody needs; end what nobody could stop. */
  onUnneeded(): void {
    const { session } = this;
    if (this.need.audience.hasLeft) {
      // Also a transfer, of which nobody could see the end.
      this.end();
      if (this.run.isRunningHere) this.run.stop();
      this.update();
    } else if (session?.isOpen && SWITCHED_OFF.includes(this.kind)) {
      session.switchOff();
      this.engine.command({ kind: "let go", task: session.number });
      this.goOn(session);
    }
  }

  private onRunChanged(): void {
    if (this.run.isOutdated) this.run.stop();
    this.update();
  }

  private onKernelChanged(): void {
    if (this.kernel?.connected) void releaseChanges(this.model.widget_manager);
    if (this.session && this.state.kind === "waiting") this.goOn(this.session);
    else this.states.notify();
  }

  private reopen(): void {
    if (this.state.kind === "lost" || this.withoutKernel) return;
    this.end();
    this.state = IDLE;
    this.update();
  }

  /** End the session or file transfer. */
  private end(): void {
    this.task?.end();
  }

  private fail(message: string): void {
    this.end();
    if (this.withoutKernel) this.lose(message);
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
    // Of a source that has stopped nothing is shown; of one that was lost, the last image.
    if (state.kind === "idle" || state.kind === "failed") this.engine.command({ kind: "clear" });
    // What no page displays, Python says itself.
    if (state.kind !== "on hold" || this.hasControl) this.run.report(state, !this.signal.aborted);
    this.states.notify();
  }

  private hold(task: Task | null): void {
    this.enter(heldState(task, this.circumstances));
  }

  /** Show what the session does. */
  private goOn(task: Task): void {
    this.enter(stateOf(task, this.circumstances));
  }

  private get circumstances(): Circumstances {
    const { kind, kernel, way, need, withoutKernel } = this;
    const { canStop } = need.audience;
    return { origin: kind, kernel, way, isNeeded: need.exists, canStop, withoutKernel };
  }

  private listDevices(): void {
    void this.run.saveCameras(() => !this.signal.aborted && this.state.kind !== "lost");
  }

  // --- opening

  private begin(kind: Task["kind"]): Task {
    this.tasks += 1;
    const number = this.tasks;
    this.asked.clear();
    return new Task(kind, number, () => this.engine.command({ kind: "end", task: number }));
  }

  private async open(): Promise<void> {
    this.reopening.cancel();
    const task = this.begin("session");
    const origin = this.kind;
    // Before others hear of it, so that they do not open it once more.
    this.state = { kind: "starting", message: openingMessage(origin), share: null, task };
    this.run.claim();
    this.model.set("paused", false);
    this.goOn(task);
    await this.capture(task, (opening, transfer) =>
      this.engine.command(
        { kind: "begin", task: task.number, origin, opening, paused: this.paused },
        transfer,
      ),
    );
  }

  /** Switch on what was switched off while nobody needed it. */
  private async switchOn(task: Task): Promise<void> {
    await this.capture(task, (opening, transfer) => {
      if (opening.kind !== "captured") return;
      this.engine.command({ kind: "take up", task: task.number, images: opening.images }, transfer);
      this.goOn(task);
    });
  }

  /** Open what only the page can open for a task, and say what came of it. */
  private async capture(
    task: Task,
    opened: (opening: Opening, transfer: Transferable[]) => void,
  ): Promise<void> {
    const origin = this.kind;
    const signal = task.switchOn();
    try {
      const ended = () => this.fail(endedMessage(origin));
      const opening = await openSource(this.model, origin, signal, ended);
      if (signal.aborted) return;
      task.isSwitchingOn = false;
      opened(opening, opening.kind === "captured" ? [opening.images as Transferable] : []);
    } catch (error) {
      if (!signal.aborted) this.fail(problemOf(error));
    }
  }

  /** Open a file that the kernel has stored. */
  private openStored(path: string): void {
    this.end();
    this.state = IDLE;
    this.model.set("path", path);
    this.model.set("source", "file");
    this.start();
  }

  // --- pausing

  private setPaused(paused: boolean): void {
    if (paused === this.paused || (paused && !this.session)) return;
    this.run.paused = paused;
  }
}
