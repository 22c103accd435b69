/** What the two halves of a view say to each other about effects. */
import type { ShownClass } from "../drawing/effect";
import type { BackgroundFile, EffectSpec, ParameterSpec, ParameterValue } from "../generated";

/** An effect, and its parameters with their values; the background comes by itself. */
export interface ShownEffect extends Pick<EffectSpec, "name" | "kind" | "shader"> {
  parameters: { spec: ParameterSpec; value: ParameterValue }[];
  /** The classes that it is for; null if the model has none of them. */
  classes: ShownClass[] | null;
  /** What the values of classes stand for, see `meaningOf`. */
  meaning: number;
}

/** A color as #rrggbb, or the file of an image; null for a video, whose frames come one by one. */
export type BackgroundSource = string | BackgroundFile | null;

/** To the worker: a change of the image. */
export interface BackgroundChange {
  kind: "background";
  source: BackgroundSource;
}

/** To the worker: the next frame of a video. */
export interface BackgroundFrame {
  kind: "background_frame";
  frame: VideoFrame;
}

/** An error of an effect. */
export interface Problem {
  /** One sentence that says what is shown instead. */
  head: string;
  /** A traceback, or a compiler's message. */
  text: string;
}

/** To the page. */
export type EffectNews =
  | {
      kind: "problem";
      problem: Problem | null;
      /** What is wrong with the shader; empty if nothing is. */
      shader: string;
    }
  | { kind: "background_failed" };
