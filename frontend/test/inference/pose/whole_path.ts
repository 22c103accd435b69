/**
 * A worker's program: BlazePose with its real networks on images that a test in Python sends
 * (`tests/browser/test_pose_in_page.py`).
 */
import type { Networks } from "../../../src/inference/network";
import { type BlazePosePipeline, createBlazePose } from "../../../src/inference/pose/blazepose";
import { LandmarkFinder } from "../../../src/inference/pose/landmarks";
import type { Roi } from "../../../src/inference/pose/roi";
import type { Picture } from "../../../src/inference/warp";
import { startLiteRt } from "../../../src/inference/worker/litert";

/** Images, RGBA, one after the other. */
interface Images {
  pixels: ArrayBuffer;
  width: number;
  height: number;
}

type Job =
  | { kind: "start"; program: ArrayBuffer; wasm: ArrayBuffer; files: ArrayBuffer[] }
  | ({ kind: "run"; timestamps: (number | null)[]; maxPoses: number } & Images)
  /** Look at a ROI of each image. */
  | ({ kind: "look"; rois: Roi[] } & Images);

let networks: Networks;
let files: Uint8Array[];
let pipeline: BlazePosePipeline;

async function start(job: Extract<Job, { kind: "start" }>): Promise<null> {
  const litert = await startLiteRt(new Blob([job.program]), job.wasm, { card: false });
  networks = { load: litert.onProcessor, loadFastest: litert.onProcessor };
  files = job.files.map((file) => new Uint8Array(file));
  pipeline = await createBlazePose(networks, files);
  return null;
}

function imagesOf({ pixels, width, height }: Images): Picture[] {
  const size = width * height * 4;
  return Array.from({ length: pixels.byteLength / size }, (_, index) => ({
    data: new Uint8ClampedArray(pixels, index * size, size),
    width,
    height,
  }));
}

/** A new video, or stills. */
async function run(job: Extract<Job, { kind: "run" }>): Promise<unknown[]> {
  pipeline.reset();
  const found: unknown[] = [];
  const options = { maxPoses: job.maxPoses, classes: [] };
  for (const [index, picture] of imagesOf(job).entries()) {
    const seen = await pipeline.run(picture, job.timestamps[index] ?? null, options);
    found.push({
      ...seen,
      levels: Array.from(seen.levels),
      poses: seen.poses.map(({ id, keypoints }) => ({ id, keypoints: Array.from(keypoints) })),
      planes: seen.planes.map(({ kind, numbers }) => ({ kind, numbers: Array.from(numbers) })),
    });
  }
  return found;
}

async function look(job: Extract<Job, { kind: "look" }>): Promise<unknown[]> {
  const [, file] = files;
  if (!file) throw new Error("there is no landmark network");
  const network = await networks.load(file);
  const finder = new LandmarkFinder(network);
  const found: unknown[] = [];
  for (const [index, image] of imagesOf(job).entries()) {
    const roi = job.rois[index];
    const landmarks = roi && (await finder.find(image, roi));
    found.push(
      landmarks && { body: Array.from(landmarks.body), world: Array.from(landmarks.world) },
    );
  }
  network.dispose();
  return found;
}

function done(job: Job): Promise<unknown> {
  if (job.kind === "start") return start(job);
  return job.kind === "run" ? run(job) : look(job);
}

globalThis.onmessage = async ({ data }: MessageEvent<Job>) => {
  try {
    globalThis.postMessage({ found: await done(data) });
  } catch (error) {
    globalThis.postMessage({ error: String(error instanceof Error ? error.stack : error) });
  }
};
