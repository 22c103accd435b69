/**
 * Starts the engine: in a worker of its own, the frame worker, or in the page, if the page's rules
 * (a Content Security Policy) forbid workers. The program is the same, and talks over the same port.
 */
import program from "worker:frame_worker";
import { requireLiveVideo } from "../kit/browser";

/** ms within which a worker is expected to end. */
const END_PATIENCE = 1000;

/** What the program exports; see workers/frame_worker.ts. */
interface Program {
  serve(port: MessagePort): Promise<void>;
}

/**
 * Start an engine, and return the port to it. Messages wait until it is there.
 *
 * @param failed called if it cannot be started
 * @param signal ends the worker
 */
export function startEngine(failed: (error: unknown) => void, signal: AbortSignal): MessagePort {
  const { port1, port2 } = new MessageChannel();
  host(port2, signal).catch(failed);
  return port1;
}

async function host(port: MessagePort, signal: AbortSignal): Promise<void> {
  requireLiveVideo();
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  try {
    const worker = await startWorker(url, signal);
    if (worker) {
      worker.postMessage(null, [port]);
    } else if (!signal.aborted) {
      const { serve }: Program = await import(/* @vite-ignore */ url);
      void serve(port);
    }
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Start the worker; null if that is forbidden, or no longer wanted. */
function startWorker(url: string, signal: AbortSignal): Promise<Worker | null> {
  return new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = new Worker(url, { type: "module", name: "bodyseg frame worker" });
    } catch {
      // What browsers do that check the rules at once.
      resolve(null);
      return;
    }
    const end = () => {
      worker.terminate();
      resolve(null);
    };
    // It ends the workers of its models first: those of a worker that is terminated may live on in
    // Chromium. One that is busy for longer is not waited for.
    signal.addEventListener("abort", () => setTimeout(end, END_PATIENCE));
    // It has no other messages: everything else goes over the port.
    worker.onmessage = ({ data }) => {
      if (data === "ended") {
        end();
        return;
      }
      worker.onerror = ({ message, filename, lineno }) =>
        reportError(new Error(`In the frame worker: ${message} (${filename}:${lineno})`));
      resolve(worker);
    };
    worker.onerror = (event) => {
      // A fault of the program itself appears again in the page.
      event.preventDefault();
      end();
    };
  });
}
