/** Opens the source that a `Webcam` has chosen, as far as the page has to. */
import type { AnyModel } from "@anywidget/types";
import type { Origin } from "../generated";
import { findModel, hostOf } from "../kit/reference";
import { captureImages } from "./captured_images";
import type { Opening } from "./engine_messages";
import { openCamera, openScreen, openWebrtcStream } from "./media_streams";
import { SourceError } from "./source_error";
import type { WebcamTraits } from "./webcam_traits";

const ENDED: Partial<Record<Origin, string>> = {
  camera: "The camera was disconnected. Connect it and press Start, or use the sample image.",
  screen: "Sharing has ended. Press Start to share a screen or window again.",
  stream: "The ipywebrtc stream has ended. Start it again and press Start here.",
  file: "The file has ended. Press Start to see it again.",
  "kernel camera": "The camera has ended. Press Start to try again.",
  python: "The frames from Python have ended. Load more with webcam.load(…), then press Start.",
};
const SAMPLE_ENDED = "The sample has ended. Press Start to see it again.";

/** What to say of a source that has ended by itself. */
export function endedMessage(origin: Origin): string {
  return ENDED[origin] ?? SAMPLE_ENDED;
}

/** What a source waits for while it opens. */
export function openingMessage(origin: Origin): string {
  switch (origin) {
    case "camera":
      return "Waiting for the camera. If the browser asks, allow it.";
    case "screen":
      return "Choose the screen or window to share.";
    default:
      return "Starting.";
  }
}

/**
 * Open what only a page can open; return what the engine has to open or read.
 *
 * @param signal closes the source; a camera is switched off
 * @param onEnded called when it ends by itself
 * @throws SourceError with a message for users
 */
export async function openSource(
  model: AnyModel<WebcamTraits>,
  origin: Origin,
  signal: AbortSignal,
  onEnded: () => void,
): Promise<Opening> {
  const [width, height] = [model.get("width"), model.get("height")];
  const wish = { width, height, frameRate: model.get("frame_rate") };
  const captured = async (stream: MediaStream): Promise<Opening> => ({
    kind: "captured",
    images: await captureImages(stream, signal, onEnded),
  });
  switch (origin) {
    case "camera":
      return captured(await openCamera(model.get("device_id"), wish, signal));
    case "screen":
      return captured(await openScreen(wish, signal));
    case "stream":
      return captured(await openWebrtcStream(await findStream(model), signal));
    case "sample":
      return { kind: "sample", width, height };
    default: {
      const wanted = {
        source: origin,
        path: model.get("path"),
        device: model.get("kernel_device"),
        width,
        height,
        frame_rate: wish.frameRate,
      };
      return { kind: "in kernel", wanted };
    }
  }
}

async function findStream(model: AnyModel<WebcamTraits>): Promise<unknown> {
  const reference = model.get("stream");
  if (!reference) {
    throw new SourceError(
      "No stream was given. Create this widget with Webcam(stream=CameraStream()).",
    );
  }
  const stream = await findModel(hostOf(model), reference);
  if (!stream) {
    throw new SourceError(
      "The ipywebrtc stream was closed. Create a new one and pass it to Webcam.",
    );
  }
  return stream;
}
