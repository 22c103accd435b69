/** Plays the video behind people: only the page can, so the worker gets it frame by frame. */
import type { BackgroundFile } from "../generated";

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
    // Data that is loaded is not yet an image that can be taken: a busy browser has that later.
    video.requestVideoFrameCallback(() => {
      video.pause();
      resolve(video);
    });
    video.addEventListener(
      "loadeddata",
      () => {
        // The file may contain only sound.
        if (video.videoWidth === 0) fail();
      },
      { once: true },
    );
    video.addEventListener("error", fail);
    video.src = url;
    // Safari does not load a video before it is played.
    video.play().catch(() => undefined);
  });
}

export class BackgroundVideo {
  private opening = new AbortController();
  private video: HTMLVideoElement | null = null;
  private playing = false;

  /**
   * @param show called with each frame, which it has to close
   * @param failed called if the browser cannot play a video
   */
  constructor(
    private readonly show: (frame: VideoFrame) => void,
    private readonly failed: () => void,
  ) {}

  /** Open a video in place of the previous one; null for none. */
  open(file: BackgroundFile | null): void {
    this.close();
    if (file) void this.read(file, this.opening.signal);
  }

  /** Play or pause. */
  play(playing: boolean): void {
    if (this.playing === playing) return;
    this.playing = playing;
    this.updatePlaying();
  }

  close(): void {
    this.opening.abort();
    this.opening = new AbortController();
    this.video = null;
  }

  private async read({ type, data }: BackgroundFile, signal: AbortSignal): Promise<void> {
    let video: HTMLVideoElement;
    try {
      video = await openVideo(new Blob([data], { type }), signal);
    } catch {
      if (!signal.aborted) this.failed();
      return;
    }
    if (signal.aborted) return;
    this.video = video;
    this.show(new VideoFrame(video));
    const next = () => {
      if (signal.aborted) return;
      this.show(new VideoFrame(video));
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
    this.updatePlaying();
  }

  private updatePlaying(): void {
    const { video, playing } = this;
    // Pausing before it plays rejects this promise, which is no error.
    if (playing) video?.play().catch(() => undefined);
    else video?.pause();
  }
}
