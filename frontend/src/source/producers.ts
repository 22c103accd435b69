/** Where images come from: a media stream, or the animated sample. */
import { requireContext } from "../kit/canvas";

export type FrameImage = HTMLVideoElement | HTMLCanvasElement;

type OnFrame = (image: FrameImage, width: number, height: number) => void;

/** Calls `onFrame` with each new image until the source is closed. */
export type Run = (onFrame: OnFrame) => void;

/** What opening a stream needs. */
interface StreamOptions {
  /** Closes the source; a camera is switched off. */
  signal: AbortSignal;
  /** Called when the source ends by itself. */
  onEnded(): void;
}

/** A problem with a source, with a message for users. */
export class SourceError extends Error {}

/**
 * A stream of a still image reports it only once, perhaps before it is displayed. It is repeated
 * after this long (ms), so that another model gets it too.
 */
const STILL_INTERVAL = 500;

/** Show the images of a MediaStream. */
async function openStream(stream: MediaStream, { signal, onEnded }: StreamOptions): Promise<Run> {
  const tracks = stream.getVideoTracks();
  if (tracks.length === 0) {
    throw new SourceError("This stream has no video, only sound. Choose another source.");
  }
  for (const track of tracks) track.addEventListener("ended", onEnded, { signal });
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  signal.addEventListener("abort", () => {
    video.pause();
    video.srcObject = null;
  });
  await video.play();
  return (onFrame) => {
    let last = 0;
    const show = () => {
      last = performance.now();
      if (video.videoWidth > 0) onFrame(video, video.videoWidth, video.videoHeight);
    };
    const next = () => {
      if (signal.aborted) return;
      video.requestVideoFrameCallback(next);
      show();
    };
    video.requestVideoFrameCallback(next);
    const timer = setInterval(() => {
      if (performance.now() - last >= STILL_INTERVAL) show();
    }, STILL_INTERVAL);
    signal.addEventListener("abort", () => clearInterval(timer));
  };
}

/** Stop a stream's camera with `signal`, even if it aborted while the camera was opening. */
function stopWith(
  signal: AbortSignal,
  stream: MediaStream,
  stopped: () => void = () => undefined,
): void {
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    stopped();
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop);
}

/** Milliseconds between images of the sample: 30 a second. */
const SAMPLE_INTERVAL = 1000 / 30;
/** Periods of the sample's movement and zoom, in seconds. */
const SAMPLE_ROUND = 8;
const SAMPLE_ZOOM_ROUND = 11;

/** Show the bundled portrait, slowly moving like a person in front of a camera. */
export async function openSample(
  jpeg: Blob,
  width: number,
  height: number,
  signal: AbortSignal,
): Promise<Run> {
  const portrait = await createImageBitmap(jpeg);
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = requireContext(canvas.getContext("2d", { alpha: false }));
  return (onFrame) => {
    const started = performance.now();
    const fit = Math.max(width / portrait.width, height / portrait.height);
    const timer = setInterval(() => {
      const seconds = (performance.now() - started) / 1000;
      const turn = (round: number) => (2 * Math.PI * seconds) / round;
      const scale = fit * (1.12 + 0.1 * Math.sin(turn(SAMPLE_ZOOM_ROUND)));
      const [w, h] = [portrait.width * scale, portrait.height * scale];
      const x = (width - w) * (0.5 + 0.45 * Math.sin(turn(SAMPLE_ROUND)));
      const y = (height - h) * (0.25 + 0.2 * Math.cos(turn(SAMPLE_ROUND)));
      context.drawImage(portrait, x, y, w, h);
      onFrame(canvas, width, height);
    }, SAMPLE_INTERVAL);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      portrait.close();
    });
  };
}

/** The requested format of a camera. */
interface Wish {
  width: number;
  height: number;
  frameRate: number;
}

/** Show a camera; with an empty `deviceId`, the browser chooses one. */
export async function openCamera(
  deviceId: string,
  { width, height, frameRate }: Wish,
  options: StreamOptions,
): Promise<Run> {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) {
    throw new SourceError(
      "The browser does not allow this page to use the camera, because it was not loaded over HTTPS or from " +
        "this computer (localhost). Open it over HTTPS, or use the sample image.",
    );
  }
  const stream = await devices
    .getUserMedia({
      audio: false,
      video: {
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: frameRate },
        ...(deviceId && { deviceId: { exact: deviceId } }),
      },
    })
    .catch((error: unknown) => {
      throw new SourceError(cameraProblem(error));
    });
  stopWith(options.signal, stream);
  return openStream(stream, options);
}

/** Show a screen, window or tab that the user chooses. */
export async function openScreen({ frameRate }: Wish, options: StreamOptions): Promise<Run> {
  const devices = navigator.mediaDevices;
  if (!devices?.getDisplayMedia) {
    throw new SourceError(
      "This browser does not let this page capture a screen or window. Use another browser, load " +
        "the page over HTTPS, or choose another source.",
    );
  }
  const stream = await devices
    .getDisplayMedia({ audio: false, video: { frameRate: { ideal: frameRate } } })
    .catch((error: unknown) => {
      throw new SourceError(screenProblem(error));
    });
  stopWith(options.signal, stream);
  return openStream(stream, options);
}

/** What a failed getDisplayMedia means and what to do about it. */
function screenProblem(error: unknown): string {
  switch ((error as { name?: string } | null)?.name) {
    case "NotAllowedError":
      return "No screen or window was shared. Press Start to choose one, or choose another source.";
    case "InvalidStateError":
      return "The browser lets you share a screen only after a click on this page. Press Start here.";
    case "NotFoundError":
    case "NotReadableError":
      return "The browser found no screen or window to share. Choose another source.";
    default:
      return `The screen could not be captured (${String(error)}). Press Start to try again.`;
  }
}

/** What a failed getUserMedia means and what to do about it. */
export function cameraProblem(error: unknown): string {
  // ipywebrtc's shim of getUserMedia throws objects that are not Errors.
  switch ((error as { name?: string } | null)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "The browser blocked the camera. Allow it next to the address bar, then press Start.";
    case "NotFoundError":
      return "No camera was found. Connect one and press Start, or use the sample image.";
    case "OverconstrainedError":
      return "The selected camera is no longer available. Choose another one, then press Start.";
    case "NotReadableError":
    case "AbortError":
      return "The camera could not be opened; another program may be using it. Close that program, then press Start.";
    default:
      return `The camera could not be opened (${String(error)}). Press Start to try again, or use the sample image.`;
  }
}

/** The part of an ipywebrtc stream model that is used here. */
interface WebrtcStreamModel {
  captureStream(): Promise<MediaStream>;
  /** CameraStreamModel caches its camera here and would return the stopped one. */
  cameraStream?: Promise<MediaStream> | null;
}

/** Show an ipywebrtc stream. */
export async function openWebrtcStream(model: unknown, options: StreamOptions): Promise<Run> {
  const webrtc = model as Partial<WebrtcStreamModel>;
  if (typeof webrtc.captureStream !== "function") {
    throw new SourceError(
      "The widget passed as stream has no video to capture. Pass Webcam an ipywebrtc stream, " +
        "for example Webcam(stream=CameraStream()).",
    );
  }
  const stream = await webrtc.captureStream().catch((error: unknown) => {
    webrtc.cameraStream = null;
    throw new SourceError(
      `The ipywebrtc stream produced no video (${String(error)}). Fix it, then press Start.`,
    );
  });
  // Stop switches a camera off. Other streams belong to their widget and keep playing.
  if ("cameraStream" in webrtc) {
    stopWith(options.signal, stream, () => {
      webrtc.cameraStream = null;
    });
  }
  return openStream(stream, options);
}
