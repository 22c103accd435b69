/** What Python effects make of frames, on its way to the views that show it. */
import type { EffectErrorMessage, EffectResultMessage } from "../generated";
import { Listeners } from "../kit/listeners";
import { readResult } from "./result";
import { SharedImage } from "./shared_image";
import type { EffectListener } from "./source";

interface ViewRecord {
  listeners: Listeners<[(listener: EffectListener) => void]>;
  /** The newest image that has come: what was decoded before it and is there later is let go. */
  newest: number;
}

/** What is known of the frame that an effect result belongs to. */
interface EffectFrame {
  /** Which opening of the source it is of. */
  video: number;
  /** When it was taken, by the browser's clock. */
  captured: number;
  /** Whether a frame is to be shown: while paused, only what was asked for. */
  wanted(image: SharedImage): boolean;
}

export class EffectResults {
  private readonly views = new Map<string, ViewRecord>();
  private count = 0;

  onResult(view: string, listener: EffectListener, signal: AbortSignal): void {
    let record = this.views.get(view);
    if (!record) {
      record = { listeners: new Listeners(), newest: 0 };
      this.views.set(view, record);
    }
    const { listeners } = record;
    listeners.add((tell) => tell(listener), signal);
    signal.addEventListener("abort", () => {
      if (listeners.isEmpty) this.views.delete(view);
    });
  }

  async receive(
    message: EffectResultMessage,
    buffers: DataView[],
    { video, captured, wanted }: EffectFrame,
  ): Promise<void> {
    const record = this.views.get(message.view);
    const [probability, keypoints, jpeg] = buffers;
    if (!record || !probability || !keypoints || !jpeg) return;
    this.count += 1;
    const number = this.count;
    const { frame, id, live, timings, took, effect } = message;
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(
        new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" }),
      );
    } catch (error) {
      // Also where the page is being closed; no one is told then.
      this.fail({ ...message, message: `Its image could not be shown (${error}).` });
      return;
    }
    const image = new SharedImage(frame, { video, id }, bitmap, captured, live);
    if (number > record.newest && wanted(image)) {
      record.newest = number;
      const result = readResult(message, probability, keypoints, bitmap);
      const answered = { image, ...result, timings, up: 0, down: 0 };
      record.listeners.notify((listener) => listener.result(effect, answered, took));
    }
    image.release();
  }

  fail({ view, effect, message }: Pick<EffectErrorMessage, "view" | "effect" | "message">): void {
    this.views.get(view)?.listeners.notify((listener) => listener.error(effect, message));
  }
}
