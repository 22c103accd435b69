/** What the engine does for the page: a session, or the transfer of a file to the kernel. */
export class Task {
  /** Whether it runs: a session is open. */
  isOpen = false;
  /** What is wrong with the source while it goes on; empty if nothing is. */
  notice = "";
  private readonly ending = new AbortController();

  /** @param ended called once, when it is ended */
  constructor(
    readonly kind: "session" | "transfer",
    readonly number: number,
    ended: () => void,
  ) {
    this.signal.addEventListener("abort", ended);
  }

  /** Ends with it. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  end(): void {
    this.ending.abort();
  }
}
