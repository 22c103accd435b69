/** The program of an inference worker, which runs one model. A file of its own: see build.mjs. */

import type { Job, Outcome } from "../inference/inference_messages";
import { InferenceService } from "../inference/worker/inference_service";
import { startLiteRt } from "../inference/worker/litert";

const service = new InferenceService(startLiteRt, (outcome: Outcome, transfer: Transferable[]) =>
  postMessage(outcome, { transfer }),
);
addEventListener("message", ({ data }: MessageEvent<Job>) => void service.do(data));
postMessage({ kind: "started" } satisfies Outcome);
