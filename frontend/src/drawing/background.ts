/** The background behind people: a color, an image, or a video. */
import { type BackgroundFile, TEAL } from "../generated";
import { requireContext } from "../kit/canvas";
import type { Size } from "../kit/size";
import { type Color, parseColor } from "./color";
import type { BackgroundPixels } from "./effect";

/** The trait `background` of a view: a color as #rrggbb, or an image or video. */
export type Background = string | BackgroundFile;

/**
 * The part of an image that is visible after scaling it to cover a size, centered; the same as
 * `_covering` of rendering/background.py.
 */
export function seenPart(given: Size, { width, height }: Size) {
  const scale = Math.max(width / given.width, height / given.height);
  const rows = Math.min(given.height, Math.max(1, Math.round(height / scale)));
  const columns = Math.min(given.width, Math.max(1, Math.round(width / scale)));
  const whole = Math.max(1, Math.floor(1 / scale));
  return {
    left: Math.floor((given.width - columns) / 2),
    top: Math.floor((given.height - rows) / 2),
    width: columns - (columns % whole),
    height: rows - (rows % whole),
  };
}

/**
 * Open a muted, looping video, paused, until `signal` aborts.
 *
 * @throws if this browser cannot play it
 */
export function openVideo(file: Blob, signal: AbortSignal): Promise<HTMLVideoElement> {
  const video = document.createElement("video");
  video.muted = true;
  video.loop = true;
  video.playsInline = true;
  const url = URL.createObjectURL(file);
  signal.addEventListener("abort", () => {
    video.removeAttribute("src");
    // Only this frees the file and the decoder.
    video.load();
    URL.revokeObjectURL(url);
  });
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error("This browser cannot play the video."));
    video.addEventListener(
      "loadeddata",
      () => {
        video.pause();
        // The file may contain only sound.
        if (video.videoWidth > 0) resolve(video);
        else fail();
      },
      { once: true },
    );
    video.addEventListener("error", fail);
    video.src = url;
    // Safari does not load a video before it is played.
    video.play().catch(() => undefined);
  });
}

export class BackgroundLayer implements BackgroundPixels {
  /** Drawn if `canvasOf` returns null. */
  color: Color = TEAL;
  /** Increases whenever the pixels of `canvasOf` change. */
  version = 0;
  private shown: Background = "";
  private open = new AbortController();
  private image: ImageBitmap | HTMLVideoElement | null = null;
  private playing = false;
  private context: OffscreenCanvasRenderingContext2D | null = null;
  /** The time of the video on the canvas; null if it is empty. */
  private drawn: number | null = null;

  /**
   * @param changed called when the background changes or is ready
   * @param said called with an error message, or an empty one for a new background
   */
  constructor(
    private readonly changed: () => void,
    private readonly said: (message: string) => void,
  ) {}

  /** Show a background; teal until a file is read. */
  show(background: Background): void {
    if (isSame(background, this.shown)) return;
    this.release();
    this.shown = background;
    this.said("");
    const isColor = typeof background === "string";
    this.color = isColor ? parseColor(background) : TEAL;
    if (!isColor) void this.read(background, this.open.signal);
    this.changed();
  }

  /** Play or pause a video. */
  play(playing: boolean): void {
    if (this.playing === playing) return;
    this.playing = playing;
    this.updatePlaying();
  }

  /**
   * Return the image or the current frame of the video, scaled to cover a canvas of this size. Null
   * for a color, and before anything is loaded. The next call overwrites the canvas.
   */
  canvasOf(width: number, height: number): OffscreenCanvas | null {
    const { image } = this;
    if (!image) return null;
    if (this.context?.canvas.width !== width || this.context.canvas.height !== height) {
      const canvas = new OffscreenCanvas(width, height);
      this.context = requireContext(canvas.getContext("2d", { alpha: false }));
      this.drawn = null;
    }
    const { context } = this;
    const moment = image instanceof HTMLVideoElement ? image.currentTime : 0;
    if (moment !== this.drawn && isReady(image)) {
      const given = sizeOf(image);
      const part = seenPart(given, { width, height });
      context.imageSmoothingQuality = part.width > width ? "high" : "low";
      context.drawImage(image, part.left, part.top, part.width, part.height, 0, 0, width, height);
      this.drawn = moment;
      this.version += 1;
    }
    return this.drawn === null ? null : context.canvas;
  }

  dispose(): void {
    this.release();
  }

  private async read({ type, data }: BackgroundFile, signal: AbortSignal): Promise<void> {
    const file = new Blob([data], { type });
    const isVideo = type.startsWith("video/");
    try {
      const image = isVideo ? await openVideo(file, signal) : await createImageBitmap(file);
      if (signal.aborted) {
        if (image instanceof ImageBitmap) image.close();
        return;
      }
      this.image = image;
      this.updatePlaying();
      this.changed();
    } catch {
      if (signal.aborted) return;
      this.said(
        isVideo
          ? "This browser cannot play the background video; MP4 (H.264) or WebM usually works."
          : "This browser cannot show the background image.",
      );
    }
  }

  private updatePlaying(): void {
    const { image, playing } = this;
    if (!(image instanceof HTMLVideoElement)) return;
    // Pausing before it plays rejects this promise, which is no error.
    if (playing) image.play().catch(() => undefined);
    else image.pause();
  }

  private release(): void {
    this.open.abort();
    this.open = new AbortController();
    if (this.image instanceof ImageBitmap) this.image.close();
    this.image = null;
    this.drawn = null;
  }
}

function sizeOf(image: ImageBitmap | HTMLVideoElement): Size {
  return image instanceof HTMLVideoElement
    ? { width: image.videoWidth, height: image.videoHeight }
    : image;
}

/** A video briefly has no frame when it loops. */
function isReady(image: ImageBitmap | HTMLVideoElement): boolean {
  return image instanceof ImageBitmap || image.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
}

/** The kernel echoes what the page has set, which must not restart a video. */
function isSame(one: Background, other: Background): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  if (one.type !== other.type || one.data.byteLength !== other.data.byteLength) return false;
  const [first, second] = [one, other].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ) as [Uint8Array, Uint8Array];
  return first.every((byte, index) => byte === second[index]);
}
