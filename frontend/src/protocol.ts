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

/** Kernel to browser, with one buffer: the probability, 8 bits, row by row. */
export interface ResultMessage extends Answer {
  kind: "result";
  shape: [height: number, width: number];
  timings: KernelTimings;
}

/** Kernel to browser: a newer frame took its place, or no stream wanted it. */
export interface SkippedMessage extends Answer {
  kind: "skipped";
}

/** Kernel to browser: it could not be decoded or segmented; the stream's state says why. */
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
