/**
 * Lets one shader draw at a time. A graphics card does one thing after the other, so that only the
 * one whose turn it is can be what takes long.
 */
export class ShaderTurns {
  private isTaken = false;
  private readonly waiting = new Set<() => void>();

  /**
   * Take the turn; return how to give it back, or null if another has it.
   *
   * @param free called once when it may be free again, in the order of those who asked
   */
  take(free: () => void): (() => void) | null {
    if (this.isTaken) {
      this.waiting.add(free);
      return null;
    }
    this.isTaken = true;
    this.waiting.delete(free);
    return () => this.giveBack();
  }

  /** Do not wait any longer. */
  leave(free: () => void): void {
    this.waiting.delete(free);
  }

  private giveBack(): void {
    this.isTaken = false;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const free of waiting) free();
  }
}
