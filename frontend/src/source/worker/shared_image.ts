/** A frame's session and its number there. */
interface FrameName {
  video: number;
  id: number;
}

/** The image of a frame, reference-counted. */
export class SharedImage {
  private holders = 1;

  constructor(
    /** The number of the request; a frame that is shown again has another. */
    readonly frame: number,
    private readonly name: FrameName,
    readonly bitmap: ImageBitmap,
    /** When it was captured, by the browser's clock, ms. */
    readonly captured: number,
    /** False if it is shown again while paused. */
    readonly live: boolean,
  ) {}

  /** The displayed number; a frame that is shown again keeps it. */
  get id(): number {
    return this.name.id;
  }

  /** Identifies the frame within this page. */
  get key(): string {
    return `${this.name.video} ${this.name.id}`;
  }

  hold(): this {
    this.holders += 1;
    return this;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders === 0) this.bitmap.close();
  }
}
