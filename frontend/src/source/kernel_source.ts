/** Sources whose images the kernel has, and the sample that it keeps. */
import type { OpenMessage, SessionNews } from "../generated";
import { now } from "../kit/clock";
import type { Channel } from "../transport/channel";
import { type Run, SourceError } from "./producers";
import type { Session } from "./session";

/** What becomes of a source of the kernel's. */
interface KernelSourceListener {
  /** What is done before it is open; `share` of it, 0 to 1, null where that is not known. */
  progress(text: string, share: number | null): void;
  /** It cannot be read any further. */
  failed(message: string): void;
  /** There are no more images, and it cannot be sought in. */
  ended(): void;
}

type Wanted = Omit<OpenMessage, "kind" | "page" | "video">;

/**
 * Open a source of the kernel's; it closes with its session.
 *
 * @throws SourceError if the kernel rejects it, or the signal's reason if the session ends first
 */
export async function openInKernel(
  channel: Channel,
  page: string,
  session: Session,
  wanted: Wanted,
  listener: KernelSourceListener,
): Promise<Run> {
  const { video, signal } = session;
  signal.addEventListener("abort", () => channel.send({ kind: "close", page, video }));
  let isOpen = false;
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    const hear = (news: SessionNews) => {
      switch (news.kind) {
        case "progress":
          listener.progress(news.text, news.share);
          break;
        case "opened":
          session.frameIndex.load(
            news.length === null ? null : { length: news.length, rate: news.rate },
          );
          isOpen = true;
          resolve();
          break;
        case "rejected":
          if (isOpen) listener.failed(news.message);
          else reject(new SourceError(news.message));
          break;
        case "ended":
          if (session.reachEnd(news.frame)) listener.ended();
      }
    };
    channel.onMessage((message) => {
      if (isNews(message) && message.page === page && message.video === video) hear(message);
    }, signal);
    channel.send({ kind: "ping", asked: now() });
    channel.send({ kind: "open", page, video, ...wanted });
  });
  return () => session.pull();
}

/**
 * Ask the kernel for the bundled image.
 *
 * @throws the signal's reason if it aborts first
 */
export async function askForSample(channel: Channel, signal: AbortSignal): Promise<Blob> {
  let wanted = true;
  const jpeg = await new Promise<DataView>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
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
  return new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" });
}

function isNews(message: { kind: string }): message is SessionNews {
  return ["progress", "opened", "rejected", "ended"].includes(message.kind);
}
