/** Which opening of the source a frame is from, and its number there. */
interface FrameName {
  video: number;
  id: number;
}

/** The image of a frame, shared by all that show it and freed by the last. */
export class SharedImage {
  private holders = 1;

  constructor(
    /** A number of its own for each way of an image to the kernel and back. */
    readonly frame: number,
    private readonly name: FrameName,
    readonly bitmap: ImageBitmap,
    /** When it was taken, by the browser's clock, ms. */
    readonly captured: number,
    /** False where it is shown again while the source is paused. */
    readonly live: boolean,
  ) {}

  /** The number that people see; a frame that is shown again keeps it. */
  get id(): number {
    return this.name.id;
  }

  /** The same for the same frame, and for no other of this page. */
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
