/** Media streams: a camera, a screen, or that of an ipywebrtc widget. */
import { SourceError } from "./source_error";

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
  signal: AbortSignal,
): Promise<MediaStream> {
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
  stopWith(signal, stream);
  return stream;
}

/** Show a screen, window or tab that the user chooses. */
export async function openScreen({ frameRate }: Wish, signal: AbortSignal): Promise<MediaStream> {
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
  stopWith(signal, stream);
  return stream;
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
export async function openWebrtcStream(model: unknown, signal: AbortSignal): Promise<MediaStream> {
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
    stopWith(signal, stream, () => {
      webrtc.cameraStream = null;
    });
  }
  return stream;
}
