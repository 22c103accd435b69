/** Whether a source's frames are needed in this page or in Python, and for how long they were not. */
import { PATIENCE_SECONDS } from "../generated";
import { Audience } from "./audience";

/** What a source does about it. */
export interface NeedOwner {
  /** Who looks, who asks or what can be reached may have changed. */
  onNeedChanged(): void;
  /** Nobody has needed them for a while. */
  onUnneeded(): void;
}

export class Need {
  /** Whether someone looks or asks, and Stop can be reached. */
  exists = false;
  readonly audience = new Audience(() => this.update());
  private patience: ReturnType<typeof setTimeout> | undefined;

  /** @param isAsked whether Python needs frames */
  constructor(
    private readonly isAsked: () => boolean,
    private readonly owner: NeedOwner,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.patience));
  }

  /** Find out anew. */
  update(): void {
    if (this.signal.aborted) return;
    const { audience } = this;
    this.exists = audience.canStop && (audience.looks || this.isAsked());
    this.wait();
    this.owner.onNeedChanged();
  }

  /** If nobody needs them, wait for someone from now on. */
  wait(): void {
    clearTimeout(this.patience);
    if (!this.exists)
      this.patience = setTimeout(() => this.owner.onUnneeded(), 1000 * PATIENCE_SECONDS);
  }
}
