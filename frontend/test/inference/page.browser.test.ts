/** A source whose stream runs in the page: what is drawn, what is sent, and without the kernel. */
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { ASSET_PART_BYTES, type AssetRequest, type LocalStream } from "../../src/generated";
import { FakeKernel } from "../fake_kernel";
import { recordWorkers } from "../workers";
import { file } from "./built";

const MODELS: Record<string, string> = { selfie_general: "selfie_segmentation.tflite" };

const LOCAL: LocalStream = {
  stream: "stream",
  key: "Selfie general (browser)",
  model: "MediaPipeSelfieSegmentation",
  model_type: "general",
  max_poses: 1,
  accelerator: "auto",
  classes: [],
};

/** As the kernel has it: programs are compressed. */
async function asset(name: string): Promise<Uint8Array> {
  const whole = await file(MODELS[name] ?? name);
  const zipped = name.endsWith(".gz")
    ? whole.stream().pipeThrough(new CompressionStream("gzip"))
    : whole.stream();
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  const found = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(found), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Have the kernel send what the page needs to run models. */
function sendAssets({ channel }: FakeKernel): void {
  const { onSend } = channel;
  const answer = async ({ page: id, name, offset }: AssetRequest) => {
    const bytes = await asset(name);
    const said = { kind: "asset", page: id, name, offset };
    if (offset === null)
      channel.deliver({ ...said, size: bytes.length, digest: await digestOf(bytes) });
    else {
      const part = bytes.slice(offset, offset + ASSET_PART_BYTES);
      channel.deliver(said, [new DataView(part.buffer)]);
    }
  };
  channel.onSend = (sent) => {
    if (sent.content.kind === "asset") void answer(sent.content as unknown as AssetRequest);
    else onSend(sent);
  };
}

/** A sample with a view of one stream that runs in the page. */
async function open(traits: object = {}): Promise<{ kernel: FakeKernel; view: HTMLElement }> {
  const kernel = new FakeKernel({
    source: "sample",
    _local_streams: [LOCAL],
    _kernel_streams: false,
    ...traits,
  });
  sendAssets(kernel);
  kernel.addStream("stream").set("runtime", "browser");
  kernel.addView("view", "stream");
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  await page.getByRole("button", { name: "Start" }).first().click();
  return { kernel, view: el };
}

const kinds = ({ channel }: FakeKernel) => new Set(channel.sent.map(({ content }) => content.kind));
const status = () => document.querySelector(".bodyseg-webcam .bodyseg-status")?.textContent;

test("its masks are drawn, and no frame is sent", async () => {
  const { kernel, view } = await open();
  await expect.poll(() => kernel.channel.sent.some(isReady), { timeout: 30_000 }).toBe(true);
  await expect.poll(() => view.querySelector<HTMLElement>(".bodyseg-note")?.hidden).toBe(true);
  expect(status()).toBe("Pictures stay in this browser.");
  expect([...kinds(kernel)].filter((kind) => !QUIET.includes(kind))).toEqual([]);
});

test("results follow their frames while Python wants them", async () => {
  const { kernel } = await open({ _results_wanted: "with_images" });
  const seen = () => kernel.channel.sent.filter(({ content }) => content.kind === "seen");
  await expect.poll(() => seen().length, { timeout: 30_000 }).toBeGreaterThan(3);
  expect(status()).toBe("Pictures go to Python, which asks for results.");
  const [first] = seen();
  expect(first?.content).toMatchObject({ stream: "stream", key: LOCAL.key, shape: [256, 256] });
  const frames = kernel.frames.map(({ content }) => content.frame);
  for (const { content } of seen()) expect(frames).toContain(content.frame);
  // Masks are packed.
  const [mask] = first?.buffers ?? [];
  expect(mask?.byteLength).toBeLessThan(6000);
});

test("masks come alone, in some kilobytes, where Python needs no pictures", async () => {
  const { kernel } = await open({ _results_wanted: "alone" });
  const seen = () => kernel.channel.sent.filter(({ content }) => content.kind === "seen");
  await expect.poll(() => seen().length, { timeout: 30_000 }).toBeGreaterThan(3);
  expect(status()).toBe("Pictures stay in this browser. Python gets only masks and poses.");
  expect(kernel.frames).toEqual([]);
  for (const { content, buffers } of seen()) {
    const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes + JSON.stringify(content).length).toBeLessThan(6000);
  }
});

test("it goes on when the kernel ends, and says so, until Stop ends its worker", async () => {
  const workers = recordWorkers();
  const { kernel } = await open();
  await expect.poll(() => kernel.channel.sent.some(isReady), { timeout: 30_000 }).toBe(true);
  kernel.channel.lose();
  await expect.poll(status).toContain("Models that run in this browser go on");
  const stop = page.getByRole("button", { name: "Stop" });
  await expect.element(stop).toBeEnabled();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect.poll(status).toContain("Run the cell again");
  // The engine's: those of models are its own.
  expect(workers.size).toBe(1);
});

const QUIET = ["sample", "asset", "local_state", "ping", "close"];

function isReady({ content }: { content: Record<string, unknown> }): boolean {
  return content.kind === "local_state" && content.state === "ready";
}
