/** Looks into frame workers, which tests cannot reach otherwise. */
import { vi } from "vitest";

/** Run a script at the beginning of each worker's program that is started from now on. */
export function prepareWorkers(script: string): void {
  const create = URL.createObjectURL.bind(URL);
  vi.spyOn(URL, "createObjectURL").mockImplementation((object) =>
    create(
      object instanceof Blob && object.type === "text/javascript"
        ? new Blob([script, object], { type: object.type })
        : object,
    ),
  );
}

/** The workers that are started from now on, and not yet ended. */
export function recordWorkers(): Set<Worker> {
  const running = new Set<Worker>();
  const Original = Worker;
  class RecordedWorker extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      running.add(this);
    }

    override terminate(): void {
      running.delete(this);
      super.terminate();
    }
  }
  vi.stubGlobal("Worker", RecordedWorker);
  return running;
}
