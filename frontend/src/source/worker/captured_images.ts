/** Images of a camera, screen or stream that the page has opened. */
import type { CapturedImages } from "../engine_messages";
import type { OnImage, Run } from "./images";

/**
 * A stream of a still image reports it only once, perhaps before it is displayed. It is repeated
 * after this long (ms), so that another model gets it too.
 */
const STILL_INTERVAL = 500;

/** Show captured images until the signal aborts. */
export function openCaptured(images: CapturedImages, signal: AbortSignal): Run {
  return (onImage) => {
    const current = new CurrentImage(onImage, signal);
    const show = (frame: VideoFrame) => current.show(frame);
    if (images instanceof MessagePort) receive(images, show, signal);
    else void read(images, show, signal);
  };
}

/** The newest image: the only one that is kept, because a camera has few to lend. */
class CurrentImage {
  private frame: VideoFrame | null = null;
  private last = 0;

  constructor(
    private readonly onImage: OnImage,
    private readonly signal: AbortSignal,
  ) {
    const timer = setInterval(() => {
      if (performance.now() - this.last >= STILL_INTERVAL) this.offer();
    }, STILL_INTERVAL);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      this.frame?.close();
    });
  }

  show(frame: VideoFrame): void {
    if (this.signal.aborted) {
      frame.close();
      return;
    }
    this.frame?.close();
    this.frame = frame;
    this.offer();
  }

  private offer(): void {
    if (!this.frame) return;
    this.last = performance.now();
    this.onImage(this.frame, this.frame.displayWidth, this.frame.displayHeight);
  }
}

async function read(
  images: ReadableStream<VideoFrame>,
  show: (frame: VideoFrame) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = images.getReader();
  signal.addEventListener("abort", () => void reader.cancel());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    show(value);
  }
}

function receive(images: MessagePort, show: (frame: VideoFrame) => void, signal: AbortSignal) {
  images.onmessage = ({ data }: MessageEvent<VideoFrame>) => {
    show(data);
    images.postMessage(null);
  };
  signal.addEventListener("abort", () => images.close());
}
