/** What the browser has to have. */

const NEEDED = [
  "OffscreenCanvas",
  "VideoFrame",
  "HTMLVideoElement.prototype.requestVideoFrameCallback",
  "AbortSignal.any",
];

/**
 * Hold that this browser can show live video.
 *
 * @throws an error whose message is for users
 */
export function requireLiveVideo(): void {
  const missing = NEEDED.filter(isMissing).map((path) => path.replace(".prototype", ""));
  if (missing.length === 0) return;
  throw new Error(
    `This browser is too old for live video: it has no ${missing.join(" and no ")}. Use Chrome or ` +
      "Edge 116, Firefox 132, Safari 17.4, or later.",
  );
}

function isMissing(path: string): boolean {
  let found: unknown = globalThis;
  for (const name of path.split(".")) {
    if (found === undefined) return true;
    found = Reflect.get(found as object, name);
  }
  return found === undefined;
}
