/** The images of a MediaStream, for the engine. */
import type { CapturedImages } from "./engine_messages";
import { SourceError } from "./source_error";

/** Chromium's; other browsers have none in pages, and TypeScript knows none. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

declare global {
  var MediaStreamTrackProcessor:
    | (new (init: {
        track: MediaStreamTrack;
      }) => TrackProcessor)
    | undefined;
}

/**
 * Capture a stream's images until the signal aborts.
 *
 * @param onEnded called when the stream ends by itself
 * @returns what is to be transferred to the engine
 */
export async function captureImages(
  stream: MediaStream,
  signal: AbortSignal,
  onEnded: () => void,
): Promise<CapturedImages> {
  signal.throwIfAborted();
  const [track, ...others] = stream.getVideoTracks();
  if (!track) throw new SourceError("This stream has no video, only sound. Choose another source.");
  for (const each of [track, ...others]) each.addEventListener("ended", onEnded, { signal });
  const Processor = globalThis.MediaStreamTrackProcessor;
  return Processor ? new Processor({ track }).readable : await playImages(stream, signal);
}

/** Play a stream in a hidden element, and post what it shows. */
async function playImages(stream: MediaStream, signal: AbortSignal): Promise<MessagePort> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  const { port1, port2 } = new MessageChannel();
  let free = true;
  let due = false;
  const offer = () => {
    due = !free;
    if (due) return;
    free = false;
    const frame = new VideoFrame(video, { timestamp: performance.now() * 1000 });
    port1.postMessage(frame, [frame]);
  };
  port1.onmessage = () => {
    free = true;
    if (due) offer();
  };
  const next = () => {
    if (signal.aborted) return;
    video.requestVideoFrameCallback(next);
    offer();
  };
  // Before it has a source, or else it may have shown the only image of a still one.
  video.requestVideoFrameCallback(next);
  video.srcObject = stream;
  signal.addEventListener("abort", () => {
    video.pause();
    video.srcObject = null;
    port1.close();
  });
  await video.play();
  return port2;
}
