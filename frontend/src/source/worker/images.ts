/** Where a session's images come from. */

/** Takes an image; it may be changed or closed afterwards. */
export type OnImage = (image: CanvasImageSource, width: number, height: number) => void;

/** Calls `onImage` with each new image until the session ends. */
export type Run = (onImage: OnImage) => void;
