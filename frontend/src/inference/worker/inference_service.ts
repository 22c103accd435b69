/** Runs one model, on one image after the other. */
import { requireContext } from "../../kit/canvas";
import { AcceleratedNetworks } from "../accelerated";
import type { Job, Outcome } from "../inference_messages";
import { createPipeline } from "../models";
import { buffersIn, type Pipeline } from "../pipeline";
import type { Picture } from "../warp";
import type { startLiteRt } from "./litert";

type Load = Extract<Job, { kind: "load" }>;
type Run = Extract<Job, { kind: "run" }>;

export class InferenceService {
  private pipeline: Pipeline | null = null;
  private video: string | null = null;
  private readonly reader = new PixelReader();

  /**
   * @param start starts what runs networks
   * @param tell called with what comes of each job, and what of that is handed over
   */
  constructor(
    private readonly start: typeof startLiteRt,
    private readonly tell: (outcome: Outcome, transfer: Transferable[]) => void,
  ) {}

  async do(job: Job): Promise<void> {
    const number = job.kind === "run" ? job.number : null;
    try {
      if (job.kind === "load") await this.load(job);
      else await this.run(job);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.tell({ kind: "failed", number, message }, []);
    }
  }

  private async load({ model, accelerator, program, wasm, files }: Load): Promise<void> {
    const card = accelerator !== "wasm";
    const mayWait = (awaited: boolean) => this.tell({ kind: "card", awaited }, []);
    mayWait(card);
    const backends = await this.start(program, wasm, { card });
    mayWait(false);
    const networks = new AcceleratedNetworks(backends, accelerator, {
      trying: () => mayWait(true),
      decided: (verdict) => this.tell({ kind: "decided", verdict }, []),
    });
    const contents = files.map((file) => new Uint8Array(file));
    this.pipeline = await createPipeline(model, networks, contents);
    this.tell({ kind: "loaded" }, []);
  }

  private async run({ number, jpeg, timestamp, video, wanted }: Run): Promise<void> {
    const { pipeline } = this;
    if (!pipeline) throw new Error("the model is not loaded");
    const began = performance.now();
    const picture = this.reader.read(await createImageBitmap(jpeg));
    const decoded = performance.now();
    if (video !== null && video !== this.video) {
      pipeline.reset();
      this.video = video;
    }
    const found = await pipeline.run(picture, video === null ? null : timestamp, wanted);
    const timings = { wait: 0, decode: decoded - began, infer: performance.now() - decoded };
    this.tell({ kind: "found", number, found, timings }, buffersIn(found));
  }
}

/** Reads the pixels of images. */
class PixelReader {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = requireContext(
    this.canvas.getContext("2d", { alpha: false, willReadFrequently: true }),
  );

  /** Read an image, and close it. */
  read(image: ImageBitmap): Picture {
    const { canvas, context } = this;
    const { width, height } = image;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.drawImage(image, 0, 0);
    image.close();
    return context.getImageData(0, 0, width, height);
  }
}
