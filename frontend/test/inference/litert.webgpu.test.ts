/** The networks on a graphics card, which is one in software here: right, and slow. */
import { expect, test, vi } from "vitest";
import { AcceleratedNetworks, farthestApart } from "../../src/inference/accelerated";
import { NetworkFile } from "../../src/inference/bodypix/network_file";
import type { Outcome, Verdict } from "../../src/inference/inference_messages";
import { placementOf } from "../../src/inference/pose/crop";
import { squareAround } from "../../src/inference/pose/roi";
import { SHARES, stretched, warp } from "../../src/inference/warp";
import { InferenceWorker } from "../../src/inference/worker/inference_worker";
import { startLiteRt } from "../../src/inference/worker/litert";
import { requireContext } from "../../src/kit/canvas";
import { network } from "./bodypix/goldens";
import { file } from "./built";
import { farthest, picture, probability, SELFIE_MODELS, SIZES, STEP } from "./goldens";
import { numbers } from "./pose/scripted";

const MODEL_FILES = {
  general: "selfie_segmentation.tflite",
  landscape: "selfie_segmentation_landscape.tflite",
};

/** ms; a card in software takes its time, above all to compile. */
const TIMEOUT = 90_000;
const OPTIONS = { border: "replicate", values: SHARES } as const;

const backends = (async () => {
  const wasm = await file("litert.wasm.gz");
  return startLiteRt(await file("litert.js.gz"), await wasm.arrayBuffer(), { card: true });
})();

async function contents(name: string): Promise<Uint8Array> {
  return new Uint8Array(await (await file(name)).arrayBuffer());
}

async function onCard(name: string) {
  const { onCard: load } = await backends;
  if (!load) throw new Error("this browser has no WebGPU, not even in software");
  return load(await contents(name));
}

test.each(SELFIE_MODELS)(
  "the network %s is Python's to 1e-3, again and again",
  async (model) => {
    const card = await onCard(MODEL_FILES[model]);
    const size = SIZES[model];
    const input = new Float32Array(size.width * size.height * 3);
    const image = picture();
    warp(image, stretched(image, size.width, size.height), size, OPTIONS, input);
    for (let run = 0; run < 3; run += 1) {
      const [found] = await card.run(input);
      expect(farthest(found ?? [], probability(model))).toBeLessThanOrEqual(1e-3 + STEP);
    }
    card.dispose();
  },
  TIMEOUT,
);

test.each(["lite", "full"])(
  "the landmark network %s is the processor's to 1e-3 of each output's range",
  async (model) => {
    const name = `pose_landmark_${model}.tflite`;
    const processor = await (await backends).onProcessor(await contents(name));
    const card = await onCard(name);
    const input = new Float32Array(256 * 256 * 3);
    const image = picture();
    const placement = placementOf(squareAround(image.width, image.height), 256);
    warp(image, placement, { width: 256, height: 256 }, OPTIONS, input);
    const right = await processor.run(input);
    expect(right).toHaveLength(5);
    expect(farthestApart(await card.run(input), right)).toBeLessThanOrEqual(1e-3);
    processor.dispose();
    card.dispose();
  },
  TIMEOUT,
);

test(
  "a network of MobileNetV1's layers, written for another size, is the processor's to 1e-3",
  async () => {
    const sized = new NetworkFile(network("mobilenet")).resized(241, 321);
    const processor = await (await backends).onProcessor(sized);
    const card = await (await backends).onCard?.(sized);
    const input = numbers(241 * 321 * 3, 1);
    expect(processor.outputs).toEqual([[1, 16, 21, 6]]);
    const right = await processor.run(input);
    expect(farthestApart((await card?.run(input)) ?? [], right)).toBeLessThanOrEqual(1e-3);
    processor.dispose();
    card?.dispose();
  },
  TIMEOUT,
);

test(
  "of ResNet50's layers the card computes something else, and is left with its first run",
  async () => {
    const verdicts: Verdict[] = [];
    const networks = new AcceleratedNetworks(await backends, "auto", {
      trying: () => undefined,
      decided: (verdict) => verdicts.push(verdict),
    });
    const resnet = await networks.loadFastest(network("resnet"));
    const input = numbers(257 * 257 * 3, 1);
    const first = await resnet.run(input);
    for (let run = 0; run < 5; run += 1) expect(await resnet.run(input)).toEqual(first);
    expect(verdicts).toMatchObject([{ runningOn: "wasm", problem: true }]);
    expect(verdicts[0]?.why).toContain("computes other numbers than the processor");
    resnet.dispose();
  },
  TIMEOUT,
);

test(
  "a network that the card cannot run whole is refused",
  async () => {
    // What LiteRT.js says about it.
    vi.spyOn(globalThis, "reportError").mockImplementation(() => undefined);
    await expect(onCard("pose_detection.tflite")).rejects.toThrow("lacks some of its operators");
  },
  TIMEOUT,
);

/** The picture without loss. */
function png(): Promise<Blob> {
  const { data, width, height } = picture();
  const canvas = new OffscreenCanvas(width, height);
  const context = requireContext(canvas.getContext("2d"));
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  return canvas.convertToBlob();
}

test(
  "a worker tries the card, finds it right and slow, and leaves it",
  async () => {
    const verdicts: Verdict[] = [];
    let answered: (outcome: Outcome) => void = () => undefined;
    const worker = await InferenceWorker.start(
      { model: "MediaPipeSelfieSegmentation", model_type: "general" },
      "auto",
      {
        worker: await file("inference.js"),
        program: await file("litert.js.gz"),
        wasm: await file("litert.wasm.gz"),
        models: [await file(MODEL_FILES.general)],
      },
      (heard) => {
        if (heard.kind === "decided") verdicts.push(heard.verdict);
        if (heard.kind === "found" || heard.kind === "failed") answered(heard);
      },
      new AbortController().signal,
    );
    const jpeg = await png();
    const wanted = { maxPoses: 1, classes: [] };
    for (let number = 0; number < 12; number += 1) {
      const outcome = new Promise<Outcome>((resolve) => {
        answered = resolve;
      });
      worker.run({ number, jpeg, timestamp: number, video: "one", wanted });
      expect(await outcome).toMatchObject({ kind: "found", number });
    }
    worker.end();
    expect(verdicts).toMatchObject([{ runningOn: "wasm", problem: false }]);
    expect(verdicts[0]?.why).toMatch(
      /^The network takes [\d.]+ ms with the graphics card, [\d.]+ ms with the processor\.$/,
    );
  },
  TIMEOUT,
);
