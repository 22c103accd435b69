/** Passes the results of Python effects to the views that show them. */
import type { EffectErrorMessage, EffectResultMessage } from "../../generated";
import { Listeners } from "../../kit/listeners";
import type { EffectListener } from "./answered";
import { type ResultBuffers, readResult, resultBuffers } from "./result";
import { SharedImage } from "./shared_image";

interface ViewRecord {
  listeners: Listeners<[(listener: EffectListener) => void]>;
  /** The newest shown result; older ones whose decoding took longer are dropped. */
  newest: number;
}

/** The frame of an effect result. */
interface EffectFrame {
  /** The number of the source's session. */
  video: number;
  /** When it was captured, by the browser's clock, ms. */
  captured: number;
  /** Whether to show a frame: while paused, only requested ones. */
  wanted(image: SharedImage): boolean;
}

export class EffectResults {
  private readonly views = new Map<string, ViewRecord>();
  private count = 0;

  /** Listen for results of a view's Python effect; hold() an image to keep it. */
  onResult(view: string, listener: EffectListener, signal: AbortSignal): void {
    let record = this.views.get(view);
    if (!record) {
      record = { listeners: new Listeners(), newest: 0 };
      this.views.set(view, record);
    }
    const { listeners } = record;
    listeners.add((deliver) => deliver(listener), signal);
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
    const found = resultBuffers(message, buffers);
    const jpeg = found?.rest[0];
    if (!record || !found || !jpeg) return;
    this.count += 1;
    const number = this.count;
    const { frame, id, live, timings, took, effect } = message;
    let bitmap: ImageBitmap;
    try {
      bitmap = await createImageBitmap(
        new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" }),
      );
    } catch (error) {
      // This also happens while the page closes, with no listeners left.
      this.fail({ ...message, message: `Its image could not be shown (${error}).` });
      return;
    }
    const image = new SharedImage(frame, { video, id }, bitmap, captured, live);
    if (number > record.newest && wanted(image)) {
      record.newest = number;
      const result = this.read(message, found.own, bitmap);
      if (result) {
        const answered = { image, ...result, timings, up: 0, down: 0 };
        record.listeners.notify((listener) => listener.result(effect, answered, took));
      }
    }
    image.release();
  }

  private read(
    message: EffectResultMessage,
    buffers: ResultBuffers,
    bitmap: ImageBitmap,
  ): ReturnType<typeof readResult> | null {
    try {
      return readResult(message, buffers, bitmap);
    } catch (error) {
      this.fail({ ...message, message: `Frame ${message.id} cannot be read (${error}).` });
      return null;
    }
  }

  fail({ view, effect, message }: Pick<EffectErrorMessage, "view" | "effect" | "message">): void {
    this.views.get(view)?.listeners.notify((listener) => listener.error(effect, message));
  }
}
