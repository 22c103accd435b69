/** One camera picture, shared by everybody who shows it and freed by the last. */
export class Picture {
  private holders = 1;

  constructor(
    readonly frame: number,
    readonly bitmap: ImageBitmap,
    /** When it was taken, by the browser's clock, ms. */
    readonly captured: number,
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
