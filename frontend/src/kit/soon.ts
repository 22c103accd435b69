/** Does something once the current work is done, once if it was asked for several times. */
export class Soon {
  private isRequested = false;

  /** @param signal from then on, nothing is done */
  constructor(
    private readonly action: () => void,
    private readonly signal: AbortSignal,
  ) {}

  request(): void {
    if (this.isRequested) return;
    this.isRequested = true;
    queueMicrotask(() => {
      if (this.isRequested && !this.signal.aborted) this.action();
      this.isRequested = false;
    });
  }

  /** It is not needed any more. */
  cancel(): void {
    this.isRequested = false;
  }
}
