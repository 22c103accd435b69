/** The messages on the frame channel; described in docs/protocol.md. */

/** Milliseconds; null where the browser has not measured it yet. */
export interface BrowserTimings {
  capture: number;
  up: number | null;
  down: number | null;
  draw: number | null;
}

/** Browser to kernel, with one buffer: the JPEG. */
export interface FrameMessage {
  kind: "frame";
  page: string;
  frame: number;
  /** A number of the page's own for each opening of a source. */
  video: number;
  captured: number;
  timings: BrowserTimings;
}

/** Browser to kernel: open a source that Python has. */
export interface OpenMessage {
  kind: "open";
  page: string;
  video: number;
  /** As the traits have them, which may be on their way yet. */
  source: string;
  path: string;
  device: number;
  width: number;
  height: number;
  frame_rate: number;
}

/** Browser to kernel: close the source, or say that somebody is there. */
export interface SessionMessage {
  kind: "close" | "keep_alive";
  page: string;
  video: number;
}

/** Browser to kernel: give the next picture when it is due, or that from which to go on. */
export interface NextMessage {
  kind: "next";
  page: string;
  video: number;
  frame: number;
  begin_at: number | null;
}

/** Browser to kernel: show the frame of this number again, or for the first time. */
export interface ShowMessage {
  kind: "show";
  page: string;
  video: number;
  frame: number;
  id: number;
}

/** Browser to kernel, with one buffer: a piece of a file. */
export interface UploadMessage {
  kind: "upload";
  page: string;
  upload: number;
  name: string;
  size: number;
  offset: number;
}

/** Browser to kernel, without buffers. */
export type Request =
  | { kind: "sample" }
  | { kind: "leave"; page: string }
  | { kind: "ping"; asked: number };

export type PageMessage =
  | FrameMessage
  | OpenMessage
  | SessionMessage
  | NextMessage
  | ShowMessage
  | UploadMessage
  | Request;

interface Answer {
  page: string;
  frame: number;
  stream: string;
  /** How many streams still work on this frame. */
  left: number;
  /** The oldest frame of this video that can be shown again; null where none can. */
  oldest: number | null;
  /** When the kernel got the frame and when it sent this, by its clock, ms since 1970. */
  received: number;
  sent: number;
}

export interface KernelTimings {
  wait: number;
  decode: number;
  infer: number;
}

/** A person whose keypoints are in the second buffer. */
export interface PoseMessage {
  id: number | null;
}

/**
 * What the kernel made of a frame, with two buffers: the probability, 8 bits, row by row; and the
 * poses' keypoints, little-endian float32.
 */
export interface ResultFields {
  shape: [height: number, width: number];
  /** What of the frame the probability covers, in its pixels. */
  region: [left: number, top: number, width: number, height: number];
  poses: PoseMessage[];
  timings: KernelTimings;
}

/** Kernel to browser, with the buffers of a result. */
export interface ResultMessage extends Answer, ResultFields {
  kind: "result";
}

/** Kernel to browser: a newer frame took its place, or no stream wanted it. */
export interface SkippedMessage extends Answer {
  kind: "skipped";
}

/** Kernel to browser: it could not be decoded, or the model could not run; the stream's state says why. */
export interface FailedMessage extends Answer {
  kind: "failed";
}

/** Kernel to browser, with one buffer: a picture that the page does not have, a JPEG. */
export interface PictureMessage {
  kind: "picture";
  page: string;
  frame: number;
  id: number;
  /** By the kernel's clock for sources of its own, by the page's for what the page has taken. */
  captured: number;
  capture: number;
  live: boolean;
}

/**
 * Kernel to browser, with the buffers of a result and a third one: what a Python effect made of the
 * frame, a JPEG.
 */
export interface EffectResultMessage extends ResultFields {
  kind: "effect_result";
  page: string;
  frame: number;
  /** The view that shows the effect, and the effect's name. */
  view: string;
  effect: string;
  id: number;
  /** As in a picture. */
  captured: number;
  live: boolean;
  /** How long the effect took, ms. */
  took: number;
}

/** Kernel to browser: the Python effect of a view failed at this frame, and how. */
export interface EffectErrorMessage {
  kind: "effect_error";
  page: string;
  frame: number;
  view: string;
  effect: string;
  message: string;
}

/** Kernel to browser: there is no such frame any more. */
export interface ExpiredMessage {
  kind: "expired";
  page: string;
  frame: number;
}

/** Kernel to browser: what becomes of a source that Python has. */
export type SessionNews = { page: string; video: number } & (
  | { kind: "progress"; text: string; share: number | null }
  | { kind: "opened"; label: string; rate: number | null; length: number | null }
  | { kind: "rejected"; message: string }
  | { kind: "ended"; frame: number }
);

/** Kernel to browser: a piece of a file is stored, or why not; with its last, where it is. */
export interface StoredMessage {
  kind: "stored";
  page: string;
  upload: number;
  done?: number;
  path?: string;
  message?: string;
}

/** Kernel to browser: Python wants the paused page to do something. */
export type CommandMessage = { kind: "command" } & (
  | { command: "again" }
  | { command: "step"; by: number }
  | { command: "show"; id: number }
);

/** Kernel to browser, with one buffer: the bundled sample, a JPEG. */
export interface SampleMessage {
  kind: "sample";
}

/** Kernel to browser: its message handler runs. */
export interface PongMessage {
  kind: "pong";
  asked: number;
  received: number;
  sent: number;
}

export type AnswerMessage = ResultMessage | SkippedMessage | FailedMessage;
export type KernelMessage =
  | AnswerMessage
  | PictureMessage
  | EffectResultMessage
  | EffectErrorMessage
  | ExpiredMessage
  | SessionNews
  | StoredMessage
  | CommandMessage
  | SampleMessage
  | PongMessage;
