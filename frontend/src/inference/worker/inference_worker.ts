/** An inference worker, as the engine has it: a model that runs in a thread of its own. */

import type { Accelerator } from "../../generated";
import { FORBIDDEN } from "../forbidden";
import type { Job, LocalModel, Outcome } from "../inference_messages";

/** What a model needs. */
export interface ModelFiles {
  /** The worker's program. */
  worker: Blob;
  /** LiteRT.js's program. */
  program: Blob;
  wasm: Blob;
  /** In the order of `filesOf`. */
  models: Blob[];
}

type Run = Omit<Extract<Job, { kind: "run" }>, "kind">;

export class InferenceWorker {
  private constructor(private readonly worker: Worker) {}

  /**
   * Start a worker, and load a model in it.
   *
   * @param heard called with what comes of each image, and with what runs the model
   * @param signal ends the worker, also while it loads
   * @throws if the page's rules forbid it, or the model cannot be loaded
   */
  static async start(
    { model, model_type }: LocalModel,
    accelerator: Accelerator,
    files: ModelFiles,
    heard: (outcome: Outcome) => void,
    signal: AbortSignal,
  ): Promise<InferenceWorker> {
    const url = URL.createObjectURL(new Blob([files.worker], { type: "text/javascript" }));
    let worker: Worker | null = null;
    signal.addEventListener("abort", () => worker?.terminate(), { once: true });
    try {
      worker = await started(url);
      signal.throwIfAborted();
      const [wasm, ...contents] = await Promise.all(
        [files.wasm, ...files.models].map((file) => file.arrayBuffer()),
      );
      const { program } = files;
      const job = {
        kind: "load",
        model: { model, model_type },
        accelerator,
        program,
        wasm,
        files: contents,
      } as Job;
      signal.throwIfAborted();
      await loaded(worker, job, [wasm as ArrayBuffer, ...contents], heard);
      worker.onmessage = ({ data }: MessageEvent<Outcome>) => heard(data);
      return new InferenceWorker(worker);
    } catch (error) {
      worker?.terminate();
      throw error;
    } finally {
      URL.revokeObjectURL(url);
    }
  }

  /** Process an image; one at a time. */
  run(run: Run): void {
    this.worker.postMessage({ kind: "run", ...run } satisfies Job);
  }

  end(): void {
    this.worker.terminate();
  }
}

function started(url: string): Promise<Worker> {
  return new Promise((resolve, reject) => {
    // A classic one: LiteRT.js imports its program with importScripts.
    const worker = new Worker(url, { name: "bodyseg inference worker" });
    worker.onmessage = () => resolve(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || FORBIDDEN));
    };
  }).catch((error: unknown) => {
    // What browsers do that check the page's rules at once.
    throw error instanceof DOMException ? new Error(FORBIDDEN, { cause: error }) : error;
  }) as Promise<Worker>;
}

function loaded(
  worker: Worker,
  job: Job,
  transfer: Transferable[],
  heard: (outcome: Outcome) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Outcome>) => {
      if (data.kind === "loaded") resolve();
      else if (data.kind === "failed") reject(new Error(data.message));
      else heard(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(job, transfer);
  });
}
