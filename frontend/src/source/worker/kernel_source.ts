/** Sources in the kernel, and its sample image. */
import type { SessionNews } from "../../generated";
import { now } from "../../kit/clock";
import type { Channel } from "../../transport/channel";
import type { KernelSource } from "../engine_messages";
import { SourceError } from "../source_error";
import type { Run } from "./images";
import type { Session } from "./session";

/** Listens to a source in the kernel. */
interface KernelSourceListener {
  /** It is being opened; `share` is 0 to 1, or null if unknown. */
  progress(text: string, share: number | null): void;
  /** It failed after it was open. */
  failed(message: string): void;
  /** What is wrong while it goes on; empty if nothing is. */
  noticed(text: string): void;
  /** It ended and does not allow seeking. */
  ended(): void;
}

/**
 * Open a source in the kernel; the end of its session closes it.
 *
 * @throws SourceError if the kernel rejects it, or the signal's reason if the session ends first
 */
export async function openInKernel(
  channel: Channel,
  page: string,
  session: Session,
  wanted: KernelSource,
  listener: KernelSourceListener,
): Promise<Run> {
  const { video, signal } = session;
  let isOpen = false;
  let asked = 0;
  const open = () => {
    asked = now();
    channel.send({ kind: "open", page, video, ...wanted });
  };
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    const hear = (news: SessionNews) => {
      switch (news.kind) {
        case "progress":
          listener.progress(news.text, news.share);
          break;
        case "opened":
          // It may be said again.
          if (isOpen) return;
          session.frameIndex.load(
            news.length === null ? null : { length: news.length, rate: news.rate },
          );
          isOpen = true;
          resolve();
          break;
        case "notice":
          listener.noticed(news.text);
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
      // The kernel can be reached, and handles the same request once: it or its answer may be lost.
      else if (message.kind === "pong" && !isOpen && message.asked > asked) open();
    }, signal);
    channel.send({ kind: "ping", page, asked: now() });
    open();
  });
  return () => session.pull();
}

/**
 * Get the bundled image from the kernel.
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
      // A request sent before JupyterLab had a subshell for this comm waits for the running cell.
      // If the kernel answers a ping now, it can also answer a new request.
      else if (message.kind === "pong") channel.send({ kind: "sample" });
    }, signal);
    channel.send({ kind: "sample" });
  });
  wanted = false;
  return new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" });
}

function isNews(message: { kind: string }): message is SessionNews {
  return ["progress", "opened", "notice", "rejected", "ended"].includes(message.kind);
}
