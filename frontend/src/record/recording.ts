/** One recording: draws the panels, has the browser encode them and sends the video. */
import { HEARTBEAT_SECONDS } from "../generated";
import { ViewImage } from "./view_image";

/** ms of video per chunk. */
const TIMESLICE = 500;
/** Enough for masks and skeletons in motion. */
const BITS_PER_PIXEL = 0.2;
/** ms between keyframes. */
const KEYFRAME_INTERVAL = 2000;

const NO_RECORDER = "This browser cannot record video: it has no MediaRecorder.";
/** Firefox, where reading an image that a worker draws may also take ten seconds. */
const NO_IMAGES =
  "This browser cannot record the view: it gives pages no images of a canvas when they ask for " +
  "them. Firefox does not; Chrome, Edge and Safari do. “Record stream” works here, too.";

/** Why the view cannot be recorded in this browser; null where it can. */
export function whyUnrecordable(): string | null {
  if (typeof MediaRecorder === "undefined") return NO_RECORDER;
  const canAsk =
    typeof CanvasCaptureMediaStreamTrack !== "undefined" &&
    "requestFrame" in CanvasCaptureMediaStreamTrack.prototype;
  return canAsk ? null : NO_IMAGES;
}

/** Where a recording goes. */
interface Outlet {
  /** The next chunk of the video; `seconds` is the recorded time up to its end. */
  chunk(data: ArrayBuffer, seconds: number): void;
  /** A hidden page still exists. */
  heartbeat(): void;
  /** All chunks are sent. @param problem why it ended early; empty if it was stopped */
  end(problem: string): void;
}

export class Recording {
  private readonly image: ViewImage;
  private readonly track: CanvasCaptureMediaStreamTrack;
  private readonly recorder: MediaRecorder;
  private timer = 0;
  private readonly ending = new AbortController();
  /** Reads chunks one after the other, to keep their order. */
  private chunks: Promise<void> = Promise.resolve();
  /** Whether a chunk was lost; later ones would leave a gap. */
  private broken = false;
  /** ms recorded before the last pause, and when it ended. */
  private recorded = 0;
  private since = performance.now();
  private laidOut = performance.now();
  private problem = "";

  /**
   * Start recording.
   *
   * @param root holds the panels
   * @param rate frames per second
   */
  constructor(
    root: HTMLElement,
    type: string,
    private readonly rate: number,
    private readonly outlet: Outlet,
  ) {
    const { signal } = this.ending;
    this.image = new ViewImage(root, signal);
    const { canvas } = this.image;
    // At rate 0, the canvas emits a frame only on request.
    const stream = canvas.captureStream(0);
    this.track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
    this.recorder = new MediaRecorder(stream, {
      mimeType: type,
      videoBitsPerSecond: Math.round(canvas.width * canvas.height * rate * BITS_PER_PIXEL),
      videoKeyFrameIntervalDuration: KEYFRAME_INTERVAL,
    } as MediaRecorderOptions);
    this.recorder.ondataavailable = ({ data }) => this.send(data);
    this.recorder.onerror = () => this.stop("The browser could not encode the video any further.");
    this.recorder.onstop = () => this.finish();
    this.recorder.start(TIMESLICE);
    document.addEventListener("visibilitychange", () => this.onVisibilityChanged(), { signal });
    // A closing page also becomes hidden, but does not come back.
    window.addEventListener("pagehide", () => this.ending.abort(), { signal });
    this.onVisibilityChanged();
  }

  /**
   * Stop recording: what is still being encoded is sent, then the end.
   *
   * @param problem the reason, if the user did not stop it
   */
  stop(problem = ""): void {
    this.problem ||= problem;
    clearInterval(this.timer);
    this.ending.abort();
    this.recorded = this.seconds * 1000;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  private get seconds(): number {
    const running = this.recorder.state === "recording" ? performance.now() - this.since : 0;
    return (this.recorded + running) / 1000;
  }

  /** Pause while the page is hidden: its panels are not updated. */
  private onVisibilityChanged(): void {
    const { recorder } = this;
    if (document.visibilityState === "visible") {
      if (recorder.state === "paused") {
        recorder.resume();
        this.since = performance.now();
      }
      this.every(1000 / this.rate, () => this.tick());
    } else {
      if (recorder.state === "recording") {
        this.recorded = this.seconds * 1000;
        recorder.pause();
      }
      this.outlet.heartbeat();
      this.every(1000 * HEARTBEAT_SECONDS, () => this.outlet.heartbeat());
    }
  }

  private every(interval: number, act: () => void): void {
    clearInterval(this.timer);
    this.timer = setInterval(act, interval);
  }

  private tick(): void {
    if (performance.now() - this.laidOut > TIMESLICE) {
      this.laidOut = performance.now();
      this.image.layOut();
    }
    this.image.draw();
    this.track.requestFrame();
  }

  private send(data: Blob): void {
    if (data.size === 0) return;
    const { seconds } = this;
    this.chunks = this.chunks.then(async () => {
      if (this.broken) return;
      try {
        this.outlet.chunk(await data.arrayBuffer(), seconds);
      } catch (error) {
        this.broken = true;
        this.stop(
          `The browser lost a part of the video (${String(error)}), so the recording ended there. ` +
            "The file has what came before. Record again to continue in a new file.",
        );
      }
    });
  }

  private finish(): void {
    this.track.stop();
    this.chunks = this.chunks.then(() => this.outlet.end(this.problem));
  }
}
