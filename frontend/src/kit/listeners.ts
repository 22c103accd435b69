/** A list of callbacks, each with an optional signal that removes it. */
export class Listeners<T extends unknown[]> {
  private readonly all = new Set<(...args: T) => void>();

  add(listener: (...args: T) => void, signal?: AbortSignal): void {
    this.all.add(listener);
    signal?.addEventListener("abort", () => this.all.delete(listener));
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  notify(...args: T): void {
    for (const listener of [...this.all]) listener(...args);
  }
}
