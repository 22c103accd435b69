/** What the engine and an inference worker, which runs one model, say to each other. */
import type { Accelerator } from "../generated";
import type { Found, Wanted } from "./pipeline";

/** What runs a network: WebAssembly on the processor, or WebGPU on the graphics card. */
export type RunningOn = Exclude<Accelerator, "auto">;

/** What runs a network, and why. */
export interface Verdict {
  runningOn: RunningOn;
  /** Whole sentences; empty where the person has chosen just that. */
  why: string;
  /** Whether it is something else than the person may expect. */
  problem: boolean;
}

/** A model that can run in a page. */
export interface LocalModel {
  /** Which pipeline it is. */
  model: string;
  /** Its variant. */
  model_type: string;
}

/** To the worker. */
export type Job =
  /** The first one. */
  | {
      kind: "load";
      model: LocalModel;
      accelerator: Accelerator;
      /** LiteRT.js. */
      program: Blob;
      wasm: ArrayBuffer;
      /** Contents of the model's files, in the order of `filesOf`. */
      files: ArrayBuffer[];
    }
  | {
      kind: "run";
      /** Of the image, for the outcome. */
      number: number;
      jpeg: Blob;
      /** s */
      timestamp: number;
      /** Identifies the uninterrupted run of frames; null for a still image. */
      video: string | null;
      wanted: Wanted;
    };

/** Durations, ms. */
export interface LookTimings {
  /** Waiting for earlier jobs, and the way of the image. */
  wait: number;
  /** From JPEG to pixels. */
  decode: number;
  /** From pixels to probability and poses. */
  infer: number;
}

/** From the worker. */
export type Outcome =
  /** It listens. */
  | { kind: "started" }
  | { kind: "loaded" }
  /** Whether it may wait for the graphics card from now on, which may never answer. */
  | { kind: "card"; awaited: boolean }
  /** It is decided what runs the network. */
  | { kind: "decided"; verdict: Verdict }
  | { kind: "found"; number: number; found: Found; timings: LookTimings }
  /** `number` is null if the model could not be loaded. */
  | { kind: "failed"; number: number | null; message: string };
