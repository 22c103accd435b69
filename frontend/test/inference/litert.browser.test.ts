/** The networks in a worker, as streams run them, against Python on the same picture. */
import { expect, test } from "vitest";
import type { Outcome } from "../../src/inference/inference_messages";
import { filesOf } from "../../src/inference/models";
import { SHARES, stretched, warp } from "../../src/inference/warp";
import { InferenceWorker } from "../../src/inference/worker/inference_worker";
import { startLiteRt } from "../../src/inference/worker/litert";
import { hasRelaxedSimd } from "../../src/inference/worker/simd";
import { requireContext } from "../../src/kit/canvas";
import { file } from "./built";
import { farthest, levels, picture, probability, SELFIE_MODELS, SIZES, STEP } from "./goldens";

const MODEL_FILES = {
  general: "selfie_segmentation.tflite",
  landscape: "selfie_segmentation_landscape.tflite",
};

/** The picture without loss. */
async function png(): Promise<Blob> {
  const { data, width, height } = picture();
  const canvas = new OffscreenCanvas(width, height);
  const context = requireContext(canvas.getContext("2d"));
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  return canvas.convertToBlob();
}

const BUILDS = ["litert", "litert_compat"];

/** The types of what addresses are made for: scripts. */
const types: string[] = [];
const { createObjectURL } = URL;
URL.createObjectURL = (object) => {
  types.push((object as Blob).type);
  return createObjectURL.call(URL, object);
};

/** LiteRT.js in the page itself, which starts it once. */
const networks = (async () => {
  const wasm = await file("litert.wasm.gz");
  // As it comes from the kernel, without a type.
  const program = new Blob([await file("litert.js.gz")]);
  return startLiteRt(program, await wasm.arrayBuffer(), { card: false });
})();

test.each(SELFIE_MODELS)("the network %s is Python's to 1e-4", async (model) => {
  const network = await (await networks).onProcessor(
    new Uint8Array(await (await file(MODEL_FILES[model])).arrayBuffer()),
  );
  const { width, height } = SIZES[model];
  expect(network.input).toEqual([1, height, width, 3]);
  const input = new Float32Array(width * height * 3);
  const image = picture();
  const options = { border: "replicate", values: SHARES } as const;
  warp(image, stretched(image, width, height), { width, height }, options, input);
  const [found] = await network.run(input);
  expect(farthest(found ?? [], probability(model))).toBeLessThanOrEqual(1e-4 + STEP);
  network.dispose();
});

test.each(BUILDS.flatMap((build) => SELFIE_MODELS.map((model) => [build, model] as const)))(
  "a worker with %s gives Python's mask of %s",
  async (build, model) => {
    if (build === "litert") expect(await hasRelaxedSimd()).toBe(true);
    const spec = { model: "MediaPipeSelfieSegmentation", model_type: model };
    expect(filesOf(spec)).toEqual([`selfie_${model}`]);
    let resolve: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((settle) => {
      resolve = settle;
    });
    const worker = await InferenceWorker.start(
      spec,
      "wasm",
      {
        worker: await file("inference.js"),
        program: await file(`${build}.js.gz`),
        wasm: await file(`${build}.wasm.gz`),
        models: [await file(MODEL_FILES[model])],
      },
      (heard) => {
        if (heard.kind === "found") resolve(heard);
      },
      new AbortController().signal,
    );
    worker.run({
      number: 7,
      jpeg: await png(),
      timestamp: 0,
      video: null,
      wanted: { maxPoses: 1, classes: [] },
    });
    const said = await outcome;
    worker.end();
    expect(said).toMatchObject({ kind: "found", number: 7 });
    if (said.kind !== "found") return;
    expect(farthest(said.found.levels, levels(model))).toBeLessThanOrEqual(1);
  },
);

test("a model that is damaged is an error, and its worker ends", async () => {
  const started = InferenceWorker.start(
    { model: "MediaPipeSelfieSegmentation", model_type: "general" },
    "auto",
    {
      worker: await file("inference.js"),
      program: await file("litert.js.gz"),
      wasm: await file("litert.wasm.gz"),
      models: [new Blob([new Uint8Array(1000)])],
    },
    () => undefined,
    new AbortController().signal,
  );
  await expect(started).rejects.toThrow();
});

test("scripts have JavaScript's type, without which Firefox imports none", async () => {
  await networks;
  expect([...new Set(types)]).toEqual(["text/javascript"]);
});
