/** Where the engine runs, and that it ends there. */
import { expect, test, vi } from "vitest";
import { canvasOf, drawnNumber, hold } from "../drawn";
import { FakeKernel } from "../fake_kernel";
import { prepareWorkers, recordWorkers } from "../workers";

/** A sample that runs, with a view of it; return the view. */
async function run(kernel: FakeKernel): Promise<HTMLElement> {
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  hold(el);
  kernel.webcam.receive({ running: true });
  await expect.poll(() => drawnNumber(el)).toBeGreaterThan(5);
  return el;
}

test("a source has one worker, which ends with it", async () => {
  const workers = recordWorkers();
  const kernel = new FakeKernel({ source: "sample" });
  const el = await run(kernel);
  expect(workers.size).toBe(1);
  kernel.page.close();
  await expect.poll(() => workers.size).toBe(0);
  const before = kernel.frames.length;
  const drawn = drawnNumber(el);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(kernel.frames).toHaveLength(before);
  expect(drawnNumber(el)).toBe(drawn);
});

test("a worker that does not answer is ended all the same", async () => {
  prepareWorkers(
    "const say = self.postMessage.bind(self);" +
      "self.postMessage = (message) => { if (message !== 'ended') say(message); };",
  );
  const workers = recordWorkers();
  const kernel = new FakeKernel({ source: "sample" });
  await run(kernel);
  kernel.page.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(workers.size).toBe(1);
  await expect.poll(() => workers.size, { timeout: 3000 }).toBe(0);
});

test("thirty sources that are made and closed leave no worker", async () => {
  const workers = recordWorkers();
  for (let time = 0; time < 30; time += 1) {
    const kernel = new FakeKernel({ source: "sample" });
    await kernel.page.display("webcam");
    // Some while they are still starting.
    if (time % 2 === 0) {
      kernel.webcam.receive({ running: true });
      await expect.poll(() => kernel.webcam.get("state")).toBe("live");
    }
    kernel.page.close();
  }
  await expect.poll(() => workers.size).toBe(0);
});

/** What browsers do where a page's rules forbid workers. */
const FORBIDDEN = {
  "throw at once": class {
    constructor() {
      throw new DOMException("Forbidden", "SecurityError");
    }
  },
  "tell it later": class extends EventTarget {
    onerror: ((event: Event) => void) | null = null;

    constructor() {
      super();
      setTimeout(() => this.onerror?.(new Event("error", { cancelable: true })));
    }

    terminate(): void {}
  },
};

test.each(Object.entries(FORBIDDEN))(
  "where workers are forbidden and browsers %s, the page does the work, and ends as cleanly",
  async (_, Forbidden) => {
    vi.stubGlobal("Worker", Forbidden);
    const kernel = new FakeKernel({ source: "sample" });
    const el = await run(kernel);
    const { width, height } = canvasOf(el);
    expect([width, height]).toEqual([320, 240]);
    kernel.page.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = kernel.frames.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(kernel.frames).toHaveLength(before);
  },
);
