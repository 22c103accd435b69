/** Reads a file that is chosen as the background. */

import { type BackgroundFile, UPLOADED_BACKGROUND_BYTES } from "../generated";
import { openVideo } from "./background_video";
import { asJpeg } from "./small_image";

const MEGABYTE = 2 ** 20;

/**
 * Read an image or a video.
 *
 * @throws with a message for users, if the file cannot be a background
 */
export async function readBackground(file: File): Promise<BackgroundFile> {
  // Trying is the only way to know what a browser can decode.
  const jpeg = await asJpeg(file).catch(() => null);
  if (jpeg) return { type: "image/jpeg", data: new DataView(jpeg) };
  const opened = new AbortController();
  const plays = await openVideo(file, opened.signal).then(
    () => true,
    () => false,
  );
  opened.abort();
  if (!plays) {
    throw new Error(
      `${file.name} is not an image or a video that this browser can show. JPEG, PNG, ` +
        "MP4 (H.264) and WebM usually work.",
    );
  }
  if (file.size > UPLOADED_BACKGROUND_BYTES) {
    throw new Error(
      `${file.name} has ${(file.size / MEGABYTE).toFixed(1)} MB; a video chosen here can have ` +
        `${UPLOADED_BACKGROUND_BYTES / MEGABYTE} MB. Choose a shorter one, or give its path to the view's ` +
        "background in Python.",
    );
  }
  return { type: file.type || "video/mp4", data: new DataView(await file.arrayBuffer()) };
}
