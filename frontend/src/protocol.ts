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

/** Browser to kernel, without buffers. */
export type Request = { kind: "sample" } | { kind: "ping" };

interface Answer {
  page: string;
  frame: number;
  stream: string;
  /** How many streams still work on this frame. */
  left: number;
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
 * Kernel to browser, with two buffers: the probability, 8 bits, row by row; and the poses'
 * keypoints, little-endian float32.
 */
export interface ResultMessage extends Answer {
  kind: "result";
  shape: [height: number, width: number];
  /** What of the frame the probability covers, in its pixels. */
  region: [left: number, top: number, width: number, height: number];
  poses: PoseMessage[];
  timings: KernelTimings;
}

/** Kernel to browser: a newer frame took its place, or no stream wanted it. */
export interface SkippedMessage extends Answer {
  kind: "skipped";
}

/** Kernel to browser: it could not be decoded, or the model could not run; the stream's state says why. */
export interface FailedMessage extends Answer {
  kind: "failed";
}

/** Kernel to browser, with one buffer: the bundled sample, a JPEG. */
export interface SampleMessage {
  kind: "sample";
}

/** Kernel to browser: its message handler runs. */
export interface PongMessage {
  kind: "pong";
}

export type AnswerMessage = ResultMessage | SkippedMessage | FailedMessage;
export type KernelMessage = AnswerMessage | SampleMessage | PongMessage;
