/** What the engine does for the page: a session, or the transfer of a file to the kernel. */
export class Task {
  /** Whether it runs: a session is open. */
  isOpen = false;
  /** Whether the kernel is busy with a cell. */
  isBusy = false;
  /** What is wrong with the source while it goes on; empty if nothing is. */
  notice = "";
  private readonly ending = new AbortController();
  /** Whether what the page captures for it is being opened. */
  isSwitchingOn = false;
  /** Ends what the page captures for it. */
  private capturing: AbortController | null = null;

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

  /** Whether what it captures is switched off. */
  get isOff(): boolean {
    return this.capturing === null;
  }

  /** Capture something; the signal ends that, with the task or before. */
  switchOn(): AbortSignal {
    this.isSwitchingOn = true;
    this.capturing = new AbortController();
    return this.capturing.signal;
  }

  switchOff(): void {
    this.capturing?.abort();
    this.capturing = null;
    this.isSwitchingOn = false;
  }

  end(): void {
    this.switchOff();
    this.ending.abort();
  }
}
