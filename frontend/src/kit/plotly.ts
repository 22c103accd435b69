/**
 * plotly.js, loaded once per page. It is five megabytes, so plots do not bring it with them: the
 * first one of a page gets it from its kernel, for all plots of all kernels with the same version.
 */

/** What plots use of plotly.js. */
export interface Plotly {
  react(element: HTMLElement, data: unknown[], layout: object, config: object): Promise<unknown>;
  update(
    element: HTMLElement,
    properties: Record<string, unknown[]>,
    layout: Record<string, unknown>,
    traces: number[],
  ): Promise<unknown>;
  relayout(element: HTMLElement, layout: Record<string, unknown>): Promise<unknown>;
  purge(element: HTMLElement): void;
}

/** Get plotly.js, compressed by gzip, and tell which share of it has come. */
export type FetchProgram = (onShare: (share: number) => void, signal: AbortSignal) => Promise<Blob>;

interface Attempt {
  plotly: Promise<Plotly>;
  share: number;
  listeners: Set<() => void>;
  /** Whether those who wait are to try it themselves. */
  isGivenUp: boolean;
  giveUp(): void;
}

declare global {
  /**
   * By the version of plotly.js. On the page, because bundles share no module state; those of other
   * versions of this package use it, too, so another shape needs another name.
   */
  var bodysegPlotly1: Map<string, Attempt> | undefined;
}

function attemptsOfPage(): Map<string, Attempt> {
  globalThis.bodysegPlotly1 ??= new Map();
  return globalThis.bodysegPlotly1;
}

/**
 * plotly.js of a version: what the page has, or is about to have, or what `fetchProgram` gets.
 *
 * If the plot that gets it for all is removed meanwhile, another one takes over.
 *
 * @throws why it could not be loaded; the next call tries again
 */
export async function loadPlotly(
  version: string,
  fetchProgram: FetchProgram,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<Plotly> {
  for (;;) {
    signal.throwIfAborted();
    const attempt = attemptsOfPage().get(version) ?? begin(version, fetchProgram, signal);
    const tell = () => onShare(attempt.share);
    attempt.listeners.add(tell);
    tell();
    try {
      return await orAborted(attempt.plotly, signal);
    } catch (error) {
      if (!attempt.isGivenUp) throw error;
    } finally {
      attempt.listeners.delete(tell);
    }
  }
}

/** Let all who wait for plotly.js of a version try it once more. */
export function giveUpLoading(version: string): void {
  attemptsOfPage().get(version)?.giveUp();
}

function begin(version: string, fetchProgram: FetchProgram, signal: AbortSignal): Attempt {
  const attempts = attemptsOfPage();
  const fetching = new AbortController();
  const forget = () => {
    if (attempts.get(version) === attempt) attempts.delete(version);
  };
  const giveUp = () => {
    attempt.isGivenUp = true;
    forget();
    fetching.abort();
  };
  const told = (share: number) => {
    attempt.share = share;
    for (const tell of attempt.listeners) tell();
  };
  const load = async () => {
    try {
      fetching.signal.throwIfAborted();
      const packed = await orAborted(fetchProgram(told, fetching.signal), fetching.signal);
      // From here on it needs no kernel, so it goes on without the plot.
      signal.removeEventListener("abort", giveUp);
      const plotly = await run(packed);
      attempt.giveUp = () => undefined;
      return plotly;
    } catch (error) {
      forget();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  };
  const attempt: Attempt = {
    plotly: Promise.resolve().then(load),
    share: 0,
    listeners: new Set(),
    isGivenUp: false,
    giveUp,
  };
  signal.addEventListener("abort", giveUp);
  attempts.set(version, attempt);
  return attempt;
}

/** Run the program as a module, whatever module system the page has. */
async function run(packed: Blob): Promise<Plotly> {
  const unpacked = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  const program = await new Response(unpacked).blob();
  const module = new Blob(
    [
      // It also becomes the page's `Plotly`, which may be somebody else's.
      "const module = { exports: {} }, other = window.Plotly;\n",
      program,
      "\nif (other) window.Plotly = other;\nexport default module.exports;\n",
    ],
    { type: "text/javascript" },
  );
  const url = URL.createObjectURL(module);
  try {
    const { default: plotly } = await import(/* @vite-ignore */ url);
    return plotly;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const settled = () => signal.removeEventListener("abort", abort);
    promise.finally(settled).then(resolve, reject);
  });
}
