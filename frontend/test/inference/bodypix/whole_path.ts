/**
 * A worker's program: BodyPix with its real network on images that a test in Python sends
 * (`tests/browser/test_bodypix_in_page.py`).
 */
import { createPipeline } from "../../../src/inference/models";
import type { Network, Networks } from "../../../src/inference/network";
import type { Pipeline } from "../../../src/inference/pipeline";
import { startLiteRt } from "../../../src/inference/worker/litert";

type Job =
  | {
      kind: "start";
      program: ArrayBuffer;
      wasm: ArrayBuffer;
      files: ArrayBuffer[];
      modelType: string;
    }
  | {
      kind: "run";
      /** RGBA. */
      pixels: ArrayBuffer;
      width: number;
      height: number;
      maxPoses: number;
      classes: number[];
    };

/** What the network returned last. */
let outputs: Float32Array[] = [];
let pipeline: Pipeline;

/** A network that notes what it returns. */
function noting(network: Network): Network {
  return {
    input: network.input,
    outputs: network.outputs,
    async run(input) {
      outputs = await network.run(input);
      return outputs;
    },
    dispose: () => network.dispose(),
  };
}

async function start({ program, wasm, files, modelType }: Extract<Job, { kind: "start" }>) {
  const litert = await startLiteRt(new Blob([program]), wasm, { card: false });
  const load = async (model: Uint8Array) => noting(await litert.onProcessor(model));
  const networks: Networks = { load, loadFastest: load };
  const contents = files.map((file) => new Uint8Array(file));
  pipeline = await createPipeline({ model: "BodyPix", model_type: modelType }, networks, contents);
  return null;
}

async function run({ pixels, width, height, ...wanted }: Extract<Job, { kind: "run" }>) {
  const picture = { data: new Uint8ClampedArray(pixels), width, height };
  const began = performance.now();
  const { levels, shape, region, poses, planes } = await pipeline.run(picture, null, wanted);
  const ms = performance.now() - began;
  return {
    shape,
    region,
    ms,
    levels: Array.from(levels),
    poses: poses.map(({ keypoints, score }) => ({ keypoints: Array.from(keypoints), score })),
    planes: planes.map(({ numbers, ...said }) => ({ ...said, numbers: Array.from(numbers) })),
    outputs: outputs.map((output) => Array.from(output)),
  };
}

globalThis.onmessage = async ({ data }: MessageEvent<Job>) => {
  try {
    globalThis.postMessage({ found: await (data.kind === "start" ? start(data) : run(data)) });
  } catch (error) {
    globalThis.postMessage({ error: String(error instanceof Error ? error.stack : error) });
  }
};
