/** Where pictures come from: a media stream, or the animated sample. */

export type FrameImage = HTMLVideoElement | HTMLCanvasElement;

export interface Producer {
  /** Call `onFrame` with each new picture until `stop`. */
  run(onFrame: (image: FrameImage, width: number, height: number) => void): void;
  stop(): void;
}

/** A camera problem, in words for the person who looks at it. */
export class SourceError extends Error {}

/**
 * A stream of a still picture tells of it once, and perhaps before anybody looks; it is shown
 * again after this long (ms), so that another model sees it too.
 */
const STILL_INTERVAL = 500;

/** Pictures of a MediaStream. `release` is called once, when it is no longer needed. */
export class StreamProducer implements Producer {
  private readonly video = document.createElement("video");
  private handle = 0;
  private timer = 0;

  private constructor(
    stream: MediaStream,
    private readonly release: () => void,
    onEnded: () => void,
  ) {
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = stream;
    for (const track of stream.getVideoTracks()) track.addEventListener("ended", onEnded);
  }

  static async open(stream: MediaStream, release: () => void, onEnded: () => void) {
    if (stream.getVideoTracks().length === 0) {
      release();
      throw new SourceError("This stream has no pictures, only sound. Choose another source.");
    }
    const producer = new StreamProducer(stream, release, onEnded);
    await producer.video.play();
    return producer;
  }

  run(onFrame: (image: FrameImage, width: number, height: number) => void): void {
    const { video } = this;
    let last = 0;
    const show = () => {
      last = performance.now();
      if (video.videoWidth > 0) onFrame(video, video.videoWidth, video.videoHeight);
    };
    const next = () => {
      this.handle = video.requestVideoFrameCallback(next);
      show();
    };
    this.handle = video.requestVideoFrameCallback(next);
    this.timer = window.setInterval(() => {
      if (performance.now() - last >= STILL_INTERVAL) show();
    }, STILL_INTERVAL);
  }

  stop(): void {
    clearInterval(this.timer);
    this.video.cancelVideoFrameCallback(this.handle);
    this.video.pause();
    this.video.srcObject = null;
    this.release();
  }
}

/** Milliseconds between pictures of the sample: 30 a second. */
const SAMPLE_INTERVAL = 1000 / 30;
/** Seconds the sample takes to move once around and to come closer once. */
const SAMPLE_ROUND = 8;
const SAMPLE_ZOOM_ROUND = 11;

/** The bundled portrait, slowly moved and scaled, as if somebody sat before a camera. */
export class SampleProducer implements Producer {
  private readonly canvas: HTMLCanvasElement;
  private timer = 0;

  constructor(
    private readonly portrait: ImageBitmap,
    width: number,
    height: number,
  ) {
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
  }

  run(onFrame: (image: FrameImage, width: number, height: number) => void): void {
    const { canvas, portrait } = this;
    const { width, height } = canvas;
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new SourceError("This browser cannot draw on a canvas.");
    const started = performance.now();
    const fit = Math.max(width / portrait.width, height / portrait.height);
    this.timer = window.setInterval(() => {
      const seconds = (performance.now() - started) / 1000;
      const turn = (round: number) => (2 * Math.PI * seconds) / round;
      const scale = fit * (1.12 + 0.1 * Math.sin(turn(SAMPLE_ZOOM_ROUND)));
      const [w, h] = [portrait.width * scale, portrait.height * scale];
      const x = (width - w) * (0.5 + 0.45 * Math.sin(turn(SAMPLE_ROUND)));
      const y = (height - h) * (0.25 + 0.2 * Math.cos(turn(SAMPLE_ROUND)));
      context.drawImage(portrait, x, y, w, h);
      onFrame(canvas, width, height);
    }, SAMPLE_INTERVAL);
  }

  stop(): void {
    clearInterval(this.timer);
    this.portrait.close();
  }
}

/** Open the webcam. */
export async function openCamera(
  deviceId: string,
  width: number,
  height: number,
  onEnded: () => void,
): Promise<Producer> {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) {
    throw new SourceError(
      "The browser gives no camera to this page, because it was not loaded over HTTPS or from " +
        "this computer (localhost). Open it over HTTPS, or use the sample picture.",
    );
  }
  const stream = await devices
    .getUserMedia({
      audio: false,
      video: {
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: 30 },
        ...(deviceId && { deviceId: { exact: deviceId } }),
      },
    })
    .catch((error: unknown) => {
      throw new SourceError(cameraProblem(error));
    });
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  return StreamProducer.open(stream, release, onEnded);
}

/** What a failed getUserMedia means and what to do about it. */
export function cameraProblem(error: unknown): string {
  // ipywebrtc's shim of getUserMedia throws objects that are no Errors.
  switch ((error as { name?: string } | null)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser did not allow the camera. Allow it beside the address bar, then press Start.";
    case "NotFoundError":
      return "No camera was found. Connect one and press Start, or use the sample picture.";
    case "OverconstrainedError":
      return "The chosen camera is not there any more. Choose another one, then press Start.";
    case "NotReadableError":
    case "AbortError":
      return "The camera could not be opened; another program may be using it. Close that, then press Start.";
    default:
      return `The camera could not be opened (${String(error)}). Press Start to try again, or use the sample picture.`;
  }
}

/** The part of an ipywebrtc stream model that is used here. */
interface WebrtcStreamModel {
  captureStream(): Promise<MediaStream>;
  /** CameraStreamModel keeps its camera here and would hand out the ended one again. */
  cameraStream?: Promise<MediaStream> | null;
}

/** Take the pictures of an ipywebrtc stream. */
export async function openWebrtcStream(model: unknown, onEnded: () => void): Promise<Producer> {
  const webrtc = model as Partial<WebrtcStreamModel>;
  if (typeof webrtc.captureStream !== "function") {
    throw new SourceError(
      "The widget given as stream has no pictures to capture. Give Webcam an ipywebrtc stream, " +
        "for example Webcam(stream=CameraStream()).",
    );
  }
  const stream = await webrtc.captureStream().catch((error: unknown) => {
    webrtc.cameraStream = null;
    throw new SourceError(
      `The ipywebrtc stream gave no pictures (${String(error)}). Mend it, then press Start.`,
    );
  });
  const isCamera = "cameraStream" in webrtc;
  const release = () => {
    // A camera's light goes off with Stop. Other streams belong to their widget and play on.
    if (!isCamera) return;
    for (const track of stream.getTracks()) track.stop();
    webrtc.cameraStream = null;
  };
  return StreamProducer.open(stream, release, onEnded);
}
