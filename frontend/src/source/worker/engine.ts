/** Runs everything that concerns a source's frames, as the page's half commands. */

import { Throttle } from "../../kit/throttle";
import type { Way } from "../../transport/way";
import { PortChannel } from "../../transport/worker/port_channel";
import { RoutedChannel } from "../../transport/worker/routed_channel";
import type { CapturedImages, Command, EngineSettings, News, Opening } from "../engine_messages";
import { problemOf } from "../source_error";
import { Assets } from "./assets";
import { fitInto, Grabber } from "./capture";
import { openCaptured } from "./captured_images";
import type { Displays } from "./display";
import { EffectResults } from "./effect_result";
import { Frames } from "./frames";
import type { OnImage, Run } from "./images";
import { askForSample, openInKernel } from "./kernel_source";
import { Liveness } from "./liveness";
import { type LocalOwner, LocalStreams } from "./local_streams";
import { openSample } from "./sample";
import { Session, type SessionOwner } from "./session";
import { StreamResults } from "./stream_results";
import { Together } from "./together";
import { storeFile } from "./upload";

/** ms between reports of the timeline while it plays. */
const TIMELINE_INTERVAL = 250;
/** ms between updates of numbers and charts: those that change faster cannot be read. */
const FIGURES_INTERVAL = 100;
/** ms between reports of statistics. */
const STATS_INTERVAL = 500;

/** The connection to the kernel. */
interface Connection {
  channel: RoutedChannel;
  /** The id of the page's half in messages. */
  page: string;
  frames: Frames;
  assets: Assets;
}

type Connect = Extract<Command, { kind: "connect" }>;
type Display = Extract<Command, { kind: "display" }>;
type Begin = Extract<Command, { kind: "begin" }>;
type Move = Extract<Command, { kind: "pause" | "step" | "seek" }>;
type Store = Extract<Command, { kind: "store" }>;

export class Engine {
  // A view that was away shows nothing until the current frame comes again.
  private readonly results = new StreamResults(
    () => this.session?.lookAgain(),
    (any) => this.tell({ kind: "results", any }),
  );
  private readonly effects = new EffectResults();
  private readonly displays = new Map<number, AbortController>();
  private readonly ending = new AbortController();
  private readonly figures = new Together(() => this.figuresSoon.request());
  private readonly grabber = new Grabber();
  private readonly timelineSoon = new Throttle(
    () => this.tellTimeline(),
    TIMELINE_INTERVAL,
    this.ending.signal,
  );
  private readonly figuresSoon = new Throttle(
    () => this.figures.act(),
    FIGURES_INTERVAL,
    this.ending.signal,
  );
  private settings: EngineSettings = {
    width: 0,
    height: 0,
    history: 0,
    together: false,
    localStreams: [],
    kernelStreams: true,
    resultsWanted: "none",
  };
  private readonly local = new LocalStreams(this.localOwner());
  private needed = false;
  /** Reads what the page captures for the session. */
  private reading: AbortController | null = null;
  private connection: Connection | null = null;
  private session: Session | null = null;
  private transfer: { task: number; ending: AbortController } | null = null;
  /** The number of the last request of the page. */
  private request = 0;
  /** What was told last. */
  private way: Way | null = null;
  /** Whether the last report of statistics was empty. */
  private silent = true;

  /**
   * @param port to the page's half
   * @param kinds what may be displayed
   * @param ended called when everything of it has ended
   */
  constructor(
    private readonly port: MessagePort,
    private readonly kinds: Displays,
    ended: () => void,
  ) {
    port.onmessage = ({ data }: MessageEvent<Command>) => this.obey(data);
    const timer = setInterval(() => {
      this.tellWay();
      this.tellStats();
    }, STATS_INTERVAL);
    this.ending.signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.end();
      this.local.update([]);
      for (const display of this.displays.values()) display.abort();
      this.results.dispose();
      port.close();
      ended();
    });
  }

  private obey(command: Command): void {
    switch (command.kind) {
      case "connect":
        this.connect(command);
        break;
      case "settings":
        this.change(command.settings);
        break;
      case "needed":
        this.needed = command.needed;
        this.session?.pull();
        break;
      case "begin":
        if (this.connection) void this.begin(command, this.connection);
        break;
      case "let go":
        if (this.session?.video === command.task) this.reading?.abort();
        break;
      case "take up":
        if (this.session?.video === command.task && this.connection)
          this.read(command.images, this.session)(this.offerTo(this.session, this.connection));
        break;
      case "store":
        if (this.connection) void this.store(command, this.connection);
        break;
      case "end":
        if (this.session?.video === command.task || this.transfer?.task === command.task)
          this.end();
        break;
      case "pause":
      case "step":
      case "seek":
        this.request = command.request;
        if (this.session) this.move(this.session, command);
        this.tellTimeline();
        break;
      case "display":
        this.display(command);
        break;
      case "end display":
        this.displays.get(command.id)?.abort();
        this.displays.delete(command.id);
        break;
      case "clear":
        this.results.clear();
        break;
      case "close":
        this.ending.abort();
    }
  }

  private move(session: Session, command: Move): void {
    if (command.kind === "step") session.step(command.by);
    else if (command.kind === "seek") session.seek(command.index);
    else if (command.paused) session.pause();
    else session.play();
  }

  private display({ id, display, init, port }: Display): void {
    const { results, effects, figures } = this;
    const ending = new AbortController();
    const { signal } = ending;
    this.displays.set(id, ending);
    this.kinds[display](init as never, { results, effects, figures, port, signal });
    // What its page's half said before may still be on its way.
    signal.addEventListener("abort", () => port.close());
  }

  private tell(news: News): void {
    this.port.postMessage(news);
  }

  private connect({ page, comm, link }: Connect): void {
    const { results, effects, local } = this;
    const { signal } = this.ending;
    const channel = new RoutedChannel(new PortChannel(comm, signal), link, page, signal);
    const needs = () => this.settings;
    const frames = new Frames(channel, page, results, effects, local, needs, signal);
    const assets = new Assets(channel, page, signal);
    this.connection = { channel, page, frames, assets };
    channel.onLost(() => frames.giveUp(), signal);
    channel.onMessage((message) => {
      if (message.kind !== "command") return;
      if (message.command === "step") this.session?.step(message.by);
      if (message.command === "show") this.session?.showFrame(message.id);
      if (message.command === "again") this.session?.lookAgain();
    }, signal);
    channel.onSwitch(() => {
      frames.giveUp();
      this.tellWay();
    }, signal);
    this.tellWay();
  }

  private change(settings: EngineSettings): void {
    const before = this.settings;
    this.settings = settings;
    this.local.update(settings.localStreams);
    if (settings.together !== before.together) this.connection?.frames.update();
    const isOther = JSON.stringify(settings.localStreams) !== JSON.stringify(before.localStreams);
    const { localStreams, resultsWanted } = settings;
    const isChanged = resultsWanted !== before.resultsWanted;
    const isAsked = localStreams.length > 0 && isChanged && resultsWanted !== "none";
    // While paused, no other frame comes for what has changed, or for who asks.
    if (isOther || isAsked) this.session?.lookAgain();
  }

  private localOwner(): LocalOwner {
    const connection = () => this.connection;
    return {
      get assets() {
        return connection()?.assets ?? null;
      },
      answer: (frame, stream, outcome) =>
        this.connection?.frames.answerLocal(frame, stream, outcome),
      tell: (state) => {
        const { connection: found } = this;
        if (found?.channel.alive)
          found.channel.send({ kind: "local_state", page: found.page, ...state });
      },
    };
  }

  /** Close the session and cancel a file transfer. */
  private end(): void {
    this.session?.close();
    this.session = null;
    this.local.rest();
    this.transfer?.ending.abort();
    this.transfer = null;
  }

  private async begin({ task, origin, opening, paused }: Begin, connection: Connection) {
    this.end();
    this.results.clear();
    const { channel, page, frames } = connection;
    const session = new Session(origin, task, frames, this.owner(task));
    this.session = session;
    session.signal.addEventListener("abort", () =>
      channel.send({ kind: "close", page, video: task }),
    );
    const liveness = new Liveness(channel, page, frames, session, (busy) =>
      this.tell({ kind: "busy", task, busy }),
    );
    if (paused) session.pause();
    try {
      const run = await this.open(opening, session, connection, liveness);
      if (session.signal.aborted) return;
      session.isOpen = true;
      this.tellTimeline();
      this.tell({ kind: "opened", task });
      run(this.offerTo(session, connection));
    } catch (error) {
      if (!session.signal.aborted) this.fail(task, problemOf(error));
    }
  }

  private async open(
    opening: Opening,
    session: Session,
    { channel, page }: Connection,
    liveness: Liveness,
  ): Promise<Run> {
    const { signal, video: task } = session;
    switch (opening.kind) {
      case "captured":
        return this.read(opening.images, session);
      case "sample": {
        const sample = await liveness.expect(askForSample(channel, signal));
        return openSample(sample, opening.width, opening.height, signal);
      }
      case "in kernel": {
        const listener = {
          progress: (message: string, share: number | null) =>
            this.tell({ kind: "progress", task, message, share }),
          noticed: (message: string) => this.tell({ kind: "notice", task, message }),
          ended: () => this.tell({ kind: "ended", task }),
          failed: (message: string) => this.fail(task, message),
        };
        return liveness.expect(openInKernel(channel, page, session, opening.wanted, listener));
      }
    }
  }

  /** Read captured images until there are others, or the session ends. */
  private read(images: CapturedImages, { signal }: Session): Run {
    this.reading?.abort();
    const reading = new AbortController();
    this.reading = reading;
    return openCaptured(images, AbortSignal.any([reading.signal, signal]));
  }

  private owner(task: number): SessionOwner {
    return {
      history: () => this.settings.history,
      isNeeded: () => this.needed,
      paused: () => this.tell({ kind: "paused", task }),
      changed: (why) => {
        if (why === "acted") this.tellTimeline();
        else this.timelineSoon.request();
      },
      fail: (message) => this.fail(task, message),
    };
  }

  private fail(task: number, message: string): void {
    this.tell({ kind: "failed", task, message });
  }

  private async store({ task, file }: Store, { channel, page }: Connection): Promise<void> {
    this.end();
    this.results.clear();
    const ending = new AbortController();
    const { signal } = ending;
    this.transfer = { task, ending };
    const progress = (message: string, share: number | null) =>
      this.tell({ kind: "progress", task, message, share });
    try {
      const path = await storeFile(channel, page, file, progress, signal);
      if (!signal.aborted) this.tell({ kind: "stored", task, path });
    } catch (error) {
      if (!signal.aborted) this.fail(task, problemOf(error));
    }
  }

  private offerTo(session: Session, { frames }: Connection): OnImage {
    return (image, width, height) => {
      if (session.paused || !this.needed || !frames.mayCapture) return;
      const size = fitInto(width, height, this.settings.width, this.settings.height);
      void frames.capture(session, () => this.grabber.grab(image, ...size));
    };
  }

  private tellTimeline(): void {
    const { session, request } = this;
    if (!session) return;
    const timeline = session.timeline();
    this.tell({ kind: "timeline", task: session.video, timeline, request });
  }

  private tellWay(): void {
    const way = this.connection?.channel.way ?? null;
    // Each way is another object.
    if (way === this.way) return;
    this.way = way;
    this.tell({ kind: "way", way });
  }

  private tellStats(): void {
    const stats = this.results.allStats();
    const silent = Object.keys(stats).length === 0;
    if (!(silent && this.silent)) this.tell({ kind: "stats", stats });
    this.silent = silent;
  }
}
