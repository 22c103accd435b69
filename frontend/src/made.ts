/** The pictures that Python effects make, on their way to the views that show them. */
import { Listeners } from "./listeners";
import { Picture } from "./picture";
import type { MadeMessage, UnmadeMessage } from "./protocol";
import { readResult } from "./result";
import type { Answered } from "./source";

/** What a view is told of its Python effect: a picture and how long it took, or what went wrong. */
export interface MadeListener {
  made(answered: Answered, took: number): void;
  failed(message: string): void;
}

interface ViewRecord {
  listeners: Listeners<[(listener: MadeListener) => void]>;
  /** The newest picture that has come: what was decoded before it and is there later is let go. */
  newest: number;
}

export class MadePictures {
  private readonly views = new Map<string, ViewRecord>();
  private count = 0;

  /** @param wanted whether a frame is to be shown: while paused, only what was asked for */
  constructor(private readonly wanted: (picture: Picture) => boolean) {}

  listen(view: string, listener: MadeListener, signal: AbortSignal): void {
    this.record(view).listeners.add((tell) => tell(listener), signal);
  }

  /** @param captured when the frame was taken, by the browser's clock */
  async receive(message: MadeMessage, buffers: DataView[], video: number, captured: number) {
    const [probability, keypoints, jpeg] = buffers;
    if (!probability || !keypoints || !jpeg) return;
    this.count += 1;
    const number = this.count;
    const bitmap = await createImageBitmap(
      new Blob([jpeg as DataView<ArrayBuffer>], { type: "image/jpeg" }),
    );
    const { frame, id, live, timings, took } = message;
    const picture = new Picture(frame, { video, id }, bitmap, captured, live);
    const record = this.record(message.view);
    if (number > record.newest && this.wanted(picture)) {
      record.newest = number;
      const result = readResult(message, probability, keypoints, bitmap);
      const answered = { picture, ...result, timings, up: 0, down: 0 };
      record.listeners.call((listener) => listener.made(answered, took));
    }
    picture.release();
  }

  fail({ view, message }: UnmadeMessage): void {
    this.record(view).listeners.call((listener) => listener.failed(message));
  }

  private record(view: string): ViewRecord {
    let record = this.views.get(view);
    if (!record) {
      record = { listeners: new Listeners(), newest: 0 };
      this.views.set(view, record);
    }
    return record;
  }
}
