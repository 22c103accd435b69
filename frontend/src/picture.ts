/** One picture, shared by everybody who shows it and freed by the last. */
export class Picture {
  private holders = 1;

  constructor(
    /** A number of its own for each way of a picture to the kernel and back. */
    readonly frame: number,
    /** The number that people see; a frame that is shown again keeps it. */
    readonly id: number,
    readonly bitmap: ImageBitmap,
    /** When it was taken, by the browser's clock, ms. */
    readonly captured: number,
    /** False where it is shown again while the source is paused. */
    readonly live: boolean,
  ) {}

  hold(): this {
    this.holders += 1;
    return this;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders === 0) this.bitmap.close();
  }
}
