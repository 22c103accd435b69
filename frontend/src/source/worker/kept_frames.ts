/** The page's own memory of a session's frames, for views whose models run in the page. */

interface KeptFrame {
  id: number;
  /** When it was captured, ms. */
  at: number;
  jpeg: Blob;
}

/** Bytes that are kept at most, as in the kernel. */
const MOST_BYTES = 200_000_000;

export class KeptFrames {
  /** By number, the oldest first. */
  private readonly frames = new Map<number, KeptFrame>();
  private bytes = 0;

  get isEmpty(): boolean {
    return this.frames.size === 0;
  }

  /** @param oldest the number of the oldest frame to keep */
  add(frame: KeptFrame, oldest: number | null): void {
    this.frames.set(frame.id, frame);
    this.bytes += frame.jpeg.size;
    for (const [id, { jpeg }] of this.frames) {
      if (id === frame.id || (this.bytes <= MOST_BYTES && id >= (oldest ?? 0))) break;
      this.bytes -= jpeg.size;
      this.frames.delete(id);
    }
  }

  get(id: number): KeptFrame | undefined {
    return this.frames.get(id);
  }

  clear(): void {
    this.frames.clear();
    this.bytes = 0;
  }
}
