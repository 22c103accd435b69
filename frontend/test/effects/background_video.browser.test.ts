/** A video that is open has an image to take. */
import { expect, onTestFinished, test, vi } from "vitest";
import { openVideo } from "../../src/effects/background_video";

/** A WebM of some images of one color. */
async function clip(): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
  const file = new Promise<Blob>((resolve) => {
    recorder.ondataavailable = ({ data }) => resolve(data);
  });
  recorder.start();
  for (let image = 0; image < 5; image += 1) {
    context?.fillRect(0, 0, canvas.width, canvas.height);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  return file;
}

function untilTheEnd(): AbortSignal {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  return end.signal;
}

test("a video is open, and paused, once its first image can be taken", async () => {
  const video = await openVideo(await clip(), untilTheEnd());
  new VideoFrame(video).close();
  expect(video.paused).toBe(true);
});

test("a video whose data is there before its image is waited for", async () => {
  const { requestVideoFrameCallback } = HTMLVideoElement.prototype;
  let late: (() => void) | undefined;
  vi.spyOn(HTMLVideoElement.prototype, "requestVideoFrameCallback").mockImplementation(function (
    this: HTMLVideoElement,
    shown,
  ) {
    return requestVideoFrameCallback.call(this, (...image) => {
      late = () => shown(...image);
    });
  });
  let isOpen = false;
  const opening = openVideo(await clip(), untilTheEnd()).then(() => {
    isOpen = true;
  });
  await vi.waitFor(() => expect(late).toBeDefined());
  expect(isOpen).toBe(false);
  late?.();
  await opening;
});

test("what contains no video cannot be opened", async () => {
  await expect(openVideo(new Blob(["no video"]), untilTheEnd())).rejects.toThrow("cannot play");
});
