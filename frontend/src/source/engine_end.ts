/** The page's end of the engine: sends commands, and keeps what concerns no task. */
import type { Way } from "../transport/way";
import { startEngine } from "./engine_host";
import type { Command, News } from "./engine_messages";
import type { Stats } from "./stats";
import type { DisplayKind } from "./worker/display";

/** What the engine says of a session or a transfer. */
export type TaskNews = Exclude<News, { kind: "stats" | "way" | "results" }>;

interface EngineListener {
  news(news: TaskNews): void;
  /** `hasResults` has changed. */
  filled(): void;
  /** The engine could not be started. */
  failed(message: string): void;
}

export class EngineEnd {
  /** How frames go to the kernel; null while there is no connection. */
  way: Way | null = null;
  /** Whether there are results to show. */
  hasResults = false;
  private figures: Record<string, Stats> = {};
  /** Numbers the displays. */
  private displayed = 0;

  private readonly port: MessagePort;

  constructor(
    signal: AbortSignal,
    private readonly listener: EngineListener,
  ) {
    this.port = startEngine(
      (error) => listener.failed(error instanceof Error ? error.message : String(error)),
      signal,
    );
    this.port.onmessage = ({ data }: MessageEvent<News>) => this.hear(data);
  }

  command(command: Command, transfer: Transferable[] = []): void {
    this.port.postMessage(command, transfer);
  }

  /** Nothing else will come. */
  close(): void {
    this.command({ kind: "close" });
    this.port.close();
  }

  /** See `Source.display`. */
  display<Init extends object>(
    kind: DisplayKind,
    init: Init,
    transfer: Transferable[],
    signal: AbortSignal,
  ): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.displayed += 1;
    const id = this.displayed;
    this.command({ kind: "display", id, display: kind, init, port: port2 }, [...transfer, port2]);
    signal.addEventListener("abort", () => {
      this.command({ kind: "end display", id });
      port1.close();
    });
    return port1;
  }

  /** Of a stream, or null if nothing of it was drawn lately. */
  stats(stream: string): Stats | null {
    return this.figures[stream] ?? null;
  }

  private hear(news: News): void {
    switch (news.kind) {
      case "stats":
        this.figures = news.stats;
        break;
      case "way":
        this.way = news.way;
        break;
      case "results":
        this.hasResults = news.any;
        this.listener.filled();
        break;
      default:
        this.listener.news(news);
    }
  }
}
