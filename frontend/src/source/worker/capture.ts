import { FRAME_JPEG_QUALITY } from "../../generated";
import { now } from "../../kit/clock";
import type { FrameImage } from "../producers";

/** The size of an image scaled down to fit into a box; never up. */
export function fitInto(
  width: number,
  height: number,
  maxWidth: number,
  maxHeight: number,
): [number, number] {
  const scale = Math.min(1, maxWidth / width, maxHeight / height);
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

export interface Captured {
  /** For drawing. */
  bitmap: ImageBitmap;
  /** For the kernel. */
  jpeg: ArrayBuffer;
  /** When it was captured, by the browser's clock, ms. */
  at: number;
}

interface Job {
  id: number;
  frame: VideoFrame;
  width: number;
  height: number;
  quality: number;
}

type Done = { id: number } & ({ bitmap: ImageBitmap; jpeg: ArrayBuffer } | { error: string });

/**
 * Runs in the worker from its source text, so it must not use anything of this module. A page
 * encodes a canvas only when idle, which took 15 to 50 ms; a worker encodes at once.
 */
function encodeInWorker(): void {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { alpha: false });
  const post = globalThis.postMessage as (message: Done, transfer: Transferable[]) => void;
  globalThis.onmessage = async ({ data }: MessageEvent<Job>) => {
    const { id, frame, width, height, quality } = data;
    try {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      try {
        context?.drawImage(frame, 0, 0, width, height);
      } finally {
        frame.close();
      }
      const encoded = canvas.convertToBlob({ type: "image/jpeg", quality });
      const bitmap = canvas.transferToImageBitmap();
      const jpeg = await (await encoded).arrayBuffer();
      post({ id, bitmap, jpeg }, [bitmap, jpeg]);
    } catch (error) {
      post({ id, error: String(error) }, []);
    }
  };
}

/** Captures an image once for both uses: drawing and sending. */
export class Grabber {
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { resolve(done: { bitmap: ImageBitmap; jpeg: ArrayBuffer }): void; reject(error: Error): void }
  >();
  private jobs = 0;
  /** Why the worker does not run; null as far as is known. */
  private broken: Error | null = null;

  constructor(signal: AbortSignal) {
    const source = new Blob([`(${encodeInWorker})()`], { type: "text/javascript" });
    const url = URL.createObjectURL(source);
    this.worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.worker.onmessage = ({ data }: MessageEvent<Done>) => {
      const job = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) job?.reject(new Error(data.error));
      else job?.resolve(data);
    };
    this.worker.onerror = (event) => {
      this.broken = new Error(event.message || "this page's rules forbid the worker");
      for (const { reject } of this.waiting.values()) reject(this.broken);
      this.waiting.clear();
    };
    signal.addEventListener("abort", () => {
      this.worker.terminate();
      for (const { reject } of this.waiting.values()) reject(signal.reason);
      this.waiting.clear();
    });
  }

  async grab(image: FrameImage, width: number, height: number): Promise<Captured> {
    if (this.broken) throw this.broken;
    const at = now();
    const frame = new VideoFrame(image, { timestamp: at * 1000 });
    this.jobs += 1;
    const job: Job = { id: this.jobs, frame, width, height, quality: FRAME_JPEG_QUALITY };
    const done = new Promise<{ bitmap: ImageBitmap; jpeg: ArrayBuffer }>((resolve, reject) => {
      this.waiting.set(job.id, { resolve, reject });
    });
    this.worker.postMessage(job, [frame]);
    const { bitmap, jpeg } = await done;
    return { bitmap, jpeg, at };
  }
}
