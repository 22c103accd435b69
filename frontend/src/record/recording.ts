/** One recording in the page: draws the panels, has the browser encode them, hands them on. */
import { ViewPicture } from "./view_picture";

/** ms of video that go to the kernel at once. */
const TIMESLICE = 500;
/** ms between signs of life of a page that is hidden; browsers make it a minute. */
const BEAT = 2000;
/** Enough for masks and skeletons at rest and in motion. */
const BITS_PER_PIXEL = 0.2;
/** ms from one picture that players can begin at to the next. */
const KEYFRAME_INTERVAL = 2000;

/** What becomes of a recording. */
export interface Outlet {
  /** The next part of the video; `seconds` are recorded up to its end. */
  chunk(data: ArrayBuffer, seconds: number): void;
  /** A sign of life of a page that is hidden. */
  beat(): void;
  /** All parts are out. @param problem why nobody's stop ended it; empty where somebody's did */
  end(problem: string): void;
}

export class Take {
  private readonly picture: ViewPicture;
  private readonly track: CanvasCaptureMediaStreamTrack;
  private readonly recorder: MediaRecorder;
  private timer = 0;
  private readonly hiding = new AbortController();
  /** The parts are read one after the other, lest one overtake another. */
  private parts: Promise<void> = Promise.resolve();
  /** Whether a part was lost; those behind it would leave a gap. */
  private broken = false;
  /** ms recorded before the last pause, and when that ended. */
  private recorded = 0;
  private since = performance.now();
  private laidOut = performance.now();
  private problem = "";

  /**
   * Begin to record.
   *
   * @param root holds the panels
   * @param rate pictures per second
   */
  constructor(
    root: HTMLElement,
    type: string,
    private readonly rate: number,
    private readonly outlet: Outlet,
  ) {
    this.picture = new ViewPicture(root);
    const { canvas } = this.picture;
    // At 0 the canvas gives a picture only where it is asked for one.
    const stream = canvas.captureStream(0);
    this.track = stream.getVideoTracks()[0] as CanvasCaptureMediaStreamTrack;
    this.recorder = new MediaRecorder(stream, {
      mimeType: type,
      videoBitsPerSecond: Math.round(canvas.width * canvas.height * rate * BITS_PER_PIXEL),
      videoKeyFrameIntervalDuration: KEYFRAME_INTERVAL,
    } as MediaRecorderOptions);
    this.recorder.ondataavailable = ({ data }) => this.handOn(data);
    this.recorder.onerror = () => this.stop("The browser could not encode the video any further.");
    this.recorder.onstop = () => this.finish();
    this.recorder.start(TIMESLICE);
    const { signal } = this.hiding;
    document.addEventListener("visibilitychange", () => this.followVisibility(), { signal });
    // A page that is left becomes hidden, too, but it does not come back.
    window.addEventListener("pagehide", () => this.hiding.abort(), { signal });
    this.followVisibility();
  }

  /**
   * Record no more; what is still being encoded is handed on, and then the end.
   *
   * @param problem why, where nobody asked for it
   */
  stop(problem = ""): void {
    this.problem ||= problem;
    window.clearInterval(this.timer);
    this.hiding.abort();
    this.recorded = this.seconds * 1000;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  private get seconds(): number {
    const running = this.recorder.state === "recording" ? performance.now() - this.since : 0;
    return (this.recorded + running) / 1000;
  }

  /** What nobody sees is not recorded: hidden, the panels stand still. */
  private followVisibility(): void {
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
      this.outlet.beat();
      this.every(BEAT, () => this.outlet.beat());
    }
  }

  private every(interval: number, act: () => void): void {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(act, interval);
  }

  private tick(): void {
    if (performance.now() - this.laidOut > TIMESLICE) {
      this.laidOut = performance.now();
      this.picture.layOut();
    }
    this.picture.draw();
    this.track.requestFrame();
  }

  private handOn(data: Blob): void {
    if (data.size === 0) return;
    const { seconds } = this;
    this.parts = this.parts.then(async () => {
      if (this.broken) return;
      try {
        this.outlet.chunk(await data.arrayBuffer(), seconds);
      } catch (error) {
        this.broken = true;
        this.stop(
          `The browser lost a part of the video (${String(error)}), so the recording ended there. ` +
            "What came before is in the file; record again to go on in a new one.",
        );
      }
    });
  }

  private finish(): void {
    this.track.stop();
    this.parts = this.parts.then(() => this.outlet.end(this.problem));
  }
}
