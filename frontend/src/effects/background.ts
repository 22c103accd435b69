/** The page's half of a background: what the worker is sent of it. */
import type { BackgroundFile } from "../generated";
import { BackgroundVideo } from "./background_video";
import type { BackgroundChange, BackgroundFrame } from "./effect_messages";

/** The trait `background` of a view: a color as #rrggbb, or an image or video. */
export type BackgroundTrait = string | BackgroundFile;

const NO_VIDEO =
  "This browser cannot play the background video; MP4 (H.264) or WebM usually works.";
const NO_IMAGE = "This browser cannot show the background image.";

export class Background {
  /** What is wrong with it; empty if nothing is. */
  message = "";
  private shown: BackgroundTrait = "";
  private readonly video: BackgroundVideo;

  /**
   * @param change tells the worker of another one
   * @param showFrame gives the worker the next frame of a video
   * @param said called when the message changes
   */
  constructor(
    private readonly change: (change: BackgroundChange) => void,
    showFrame: (frame: BackgroundFrame) => void,
    private readonly said: () => void,
  ) {
    this.video = new BackgroundVideo(
      (frame) => showFrame({ kind: "background_frame", frame }),
      () => this.say(NO_VIDEO),
    );
  }

  show(background: BackgroundTrait): void {
    if (isSame(background, this.shown)) return;
    this.shown = background;
    this.say("");
    const video = isVideo(background) ? background : null;
    this.change({ kind: "background", source: video ? null : background });
    this.video.open(video);
  }

  /** Play or pause a video. */
  play(playing: boolean): void {
    this.video.play(playing);
  }

  /** The worker could not decode the image. */
  onFailed(): void {
    this.say(NO_IMAGE);
  }

  close(): void {
    this.video.close();
  }

  private say(message: string): void {
    this.message = message;
    this.said();
  }
}

function isVideo(background: BackgroundTrait): background is BackgroundFile {
  return typeof background !== "string" && background.type.startsWith("video/");
}

/** The kernel echoes what the page has set, which must not restart a video. */
function isSame(one: BackgroundTrait, other: BackgroundTrait): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  if (one.type !== other.type || one.data.byteLength !== other.data.byteLength) return false;
  const [first, second] = [one, other].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ) as [Uint8Array, Uint8Array];
  return first.every((byte, index) => byte === second[index]);
}
