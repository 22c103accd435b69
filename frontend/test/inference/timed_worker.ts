/**
 * The program of an inference worker with a clock at each network, which can also run one by itself
 * (`benchmarks/networks_in_page.py`).
 */
import type { Backends } from "../../src/inference/accelerated";
import type { Job, Outcome } from "../../src/inference/inference_messages";
import type { Network } from "../../src/inference/network";
import { InferenceService } from "../../src/inference/worker/inference_service";
import { startLiteRt } from "../../src/inference/worker/litert";

/** Run one network on the same numbers again and again. */
interface Alone {
  kind: "alone";
  /** Which of the model's, in the order of its files. */
  network: number;
  input: Float32Array;
  runs: number;
}

const networks: Network[] = [];
/** Of the image at work, how long networks ran, and how long its JPEG took to become a bitmap, ms. */
let networkTime = 0;
let bitmapTime = 0;

const createBitmap = createImageBitmap;
globalThis.createImageBitmap = async (image: ImageBitmapSource) => {
  const began = performance.now();
  const bitmap = await createBitmap(image);
  bitmapTime = performance.now() - began;
  return bitmap;
};

function timed(network: Network): Network {
  const { input, outputs } = network;
  return {
    input,
    outputs,
    async run(numbers) {
      const began = performance.now();
      const found = await network.run(numbers);
      networkTime += performance.now() - began;
      return found;
    },
    dispose: () => network.dispose(),
  };
}

async function start(...options: Parameters<typeof startLiteRt>): Promise<Backends> {
  const { onProcessor } = await startLiteRt(...options);
  const load = async (model: Uint8Array) => {
    const network = await onProcessor(model);
    networks.push(network);
    return timed(network);
  };
  return { onProcessor: load, onCard: null };
}

async function runAlone({ network: index, input, runs }: Alone): Promise<void> {
  const network = networks[index];
  if (!network) throw new Error(`the model has no network ${index}`);
  const times: number[] = [];
  let outputs: Float32Array[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    outputs = await network.run(input);
    times.push(performance.now() - began);
  }
  globalThis.postMessage({ kind: "ran", times, outputs });
}

const service = new InferenceService(start, (outcome: Outcome, transfer: Transferable[]) => {
  globalThis.postMessage({ ...outcome, networkTime, bitmapTime }, { transfer });
  networkTime = 0;
});
globalThis.onmessage = ({ data }: MessageEvent<Job | Alone>) => {
  void (data.kind === "alone" ? runAlone(data) : service.do(data));
};
