/** Opens the source that a `Webcam` has chosen. */
import type { AnyModel } from "@anywidget/types";
import type { Origin } from "../generated";
import { findModel, hostOf } from "../kit/reference";
import type { Channel } from "../transport/channel";
import {
  openCamera,
  openSample,
  openScreen,
  openWebrtcStream,
  type Run,
  SourceError,
} from "./producers";
import type { WebcamTraits } from "./webcam_traits";
import { askForSample, openInKernel } from "./worker/kernel_source";
import type { Liveness } from "./worker/liveness";
import type { Session } from "./worker/session";

const ENDED: Record<Origin, string> = {
  camera: "The camera was disconnected. Connect it and press Start, or use the sample image.",
  screen: "Sharing has ended. Press Start to share a screen or window again.",
  stream: "The ipywebrtc stream has ended. Start it again and press Start here.",
  sample: "The sample has ended. Press Start to see it again.",
  file: "The file has ended. Press Start to see it again.",
  "kernel camera": "The camera has ended. Press Start to try again.",
  python: "The frames from Python have ended. Load more with webcam.load(…), then press Start.",
};

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

/** Where a source is opened from. */
interface Place {
  model: AnyModel<WebcamTraits>;
  channel: Channel;
  page: string;
  liveness: Liveness;
}

interface Listener {
  /** `share` is 0 to 1, or null if unknown. */
  progress(message: string, share: number | null): void;
  /** It failed or ended after it was open. */
  failed(message: string): void;
  /** The session's notice has changed. */
  noticed(): void;
}

/**
 * Open the source of a session.
 *
 * @throws SourceError with a message for users
 */
export async function openSource(
  { model, channel, page, liveness }: Place,
  session: Session,
  { progress, failed, noticed }: Listener,
): Promise<Run> {
  const { origin, signal } = session;
  const [width, height] = [model.get("width"), model.get("height")];
  const wish = { width, height, frameRate: model.get("frame_rate") };
  const ended = () => failed(ENDED[origin]);
  const options = { signal, onEnded: ended };
  switch (origin) {
    case "camera":
      return openCamera(model.get("device_id"), wish, options);
    case "screen":
      return openScreen(wish, options);
    case "sample": {
      const sample = await liveness.expect(askForSample(channel, signal));
      return openSample(sample, width, height, signal);
    }
    case "stream":
      return openWebrtcStream(await findStream(model), options);
    default: {
      const wanted = {
        source: origin,
        path: model.get("path"),
        device: model.get("kernel_device"),
        width,
        height,
        frame_rate: wish.frameRate,
      };
      const listener = { progress, failed, ended, noticed };
      return liveness.expect(openInKernel(channel, page, session, wanted, listener));
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
