/** The size at which a view is drawn: that at which it is shown, or its own for whoever reads it. */
import { expect, test } from "vitest";
import { holdFullSize } from "../../src/kit/full_size";
import { canvasOf, drawnNumber, frameOf, hold, pixels, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";

/** A running source and a view of it, of so many pixels' width; frames have 320 x 240. */
async function openView(width: number, traits: Record<string, unknown> = {}) {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  const view = kernel.addView("view", "stream", { frame_number: false, opacity: 0.5, ...traits });
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view", width / window.devicePixelRatio);
  kernel.webcam.receive({ running: true });
  return { kernel, view, el };
}

async function expectSize(el: HTMLElement, width: number, height: number): Promise<void> {
  const size = () => [canvasOf(el).width, canvasOf(el).height];
  await expect.poll(size).toEqual([width, height]);
}

/** The pixels of an image at another size. */
function scaled(canvas: HTMLCanvasElement, width: number, height: number): Uint8ClampedArray {
  const copy = document.createElement("canvas");
  copy.width = width;
  copy.height = height;
  const context = copy.getContext("2d");
  if (!context) throw new Error("This browser draws nothing");
  context.imageSmoothingQuality = "medium";
  context.drawImage(canvas, 0, 0, width, height);
  return pixels(copy);
}

test("a view has the size at which it is shown, and never more than its frames", async () => {
  const { el } = await openView(200);
  await expectSize(el, 200, 150);
  el.style.width = `${100 / window.devicePixelRatio}px`;
  await expectSize(el, 100, 75);
  el.style.width = `${700 / window.devicePixelRatio}px`;
  await expectSize(el, 320, 240);
});

test("it has its full size, and says the number of its frame, while anyone reads it", async () => {
  const { el } = await openView(160);
  await expectSize(el, 160, 120);
  expect(frameOf(el).dataset.drawn).toBeUndefined();
  const [first, second] = [new AbortController(), new AbortController()];
  for (const { signal } of [first, second]) holdFullSize(frameOf(el), signal);
  await expectSize(el, 320, 240);
  await expect.poll(() => drawnNumber(el)).toBeGreaterThan(0);
  first.abort();
  const before = drawnNumber(el);
  await expect.poll(() => drawnNumber(el)).not.toBe(before);
  await waitUntilDrawn(el);
  await expectSize(el, 320, 240);
  second.abort();
  await expectSize(el, 160, 120);
  expect(frameOf(el).dataset.drawn).toBeUndefined();
});

test("an effect is drawn at the size of the frame: its amounts are in pixels of it", async () => {
  const { el, view } = await openView(160, { view: "effect", effect: "pixelated" });
  await expectSize(el, 320, 240);
  view.receive({ view: "mask" });
  await expectSize(el, 160, 120);
});

test.each(["picture", "mask", "heatmap", "cut-out"])(
  "%s looks the same small as large",
  async (view) => {
    const { kernel, el } = await openView(160, { view });
    await expectSize(el, 160, 120);
    kernel.webcam.receive({ paused: true });
    const reading = new AbortController();
    holdFullSize(frameOf(el), reading.signal);
    await waitUntilDrawn(el);
    const large = scaled(canvasOf(el), 160, 120);
    reading.abort();
    await expectSize(el, 160, 120);
    const small = pixels(canvasOf(el));
    const apart = small.map((value, at) => Math.abs(value - (large[at] ?? 0)));
    const mean = apart.reduce((sum, value) => sum + value, 0) / apart.length;
    expect(small.some((value) => value > 100)).toBe(true);
    // Along the outline, which is as wide in a small image.
    expect(mean).toBeLessThan(view === "mask" ? 1.5 : 1);
  },
);

test("what is neither on the screen nor read is not drawn until it is", async () => {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  for (const id of ["seen", "hidden"]) kernel.addView(id, "stream");
  await kernel.page.display("webcam");
  const { el: seen } = await kernel.page.display("seen", 200);
  const { el: hidden } = await kernel.page.display("hidden", 200);
  hidden.style.marginTop = "3000px";
  hold(seen);
  kernel.webcam.receive({ running: true });
  await expect.poll(() => drawnNumber(seen)).toBeGreaterThan(3);
  expect(hidden.querySelector<HTMLElement>(".bodyseg-note")?.hidden).toBe(true);
  expect(pixels(canvasOf(hidden)).every((value) => value === 0)).toBe(true);
  hold(hidden);
  hidden.style.marginTop = "0";
  await expect.poll(() => drawnNumber(hidden)).toBeGreaterThan(3);
});

test("the frame's number is over the image where it is asked for", async () => {
  const { el, view } = await openView(200, { view: "picture" });
  const overlay = () => el.querySelector<HTMLCanvasElement>(".bodyseg-overlay");
  await expectSize(el, 200, 150);
  expect(overlay()?.hidden).toBe(true);
  view.receive({ frame_number: true });
  await expect.poll(() => overlay()?.hidden).toBe(false);
  const brightest = () =>
    Math.max(...pixels(overlay() as HTMLCanvasElement).slice(0, 200 * 30 * 4));
  await expect.poll(brightest).toBeGreaterThan(200);
  view.receive({ frame_number: false });
  await expect.poll(() => overlay()?.hidden).toBe(true);
});

test("the canvas of the number alone covers the top of the image, at the screen's resolution", async () => {
  const { el } = await openView(200, { view: "picture", frame_number: true });
  const overlay = el.querySelector<HTMLCanvasElement>(".bodyseg-overlay") as HTMLCanvasElement;
  await expect.poll(() => overlay.hidden).toBe(false);
  await expect.poll(() => overlay.height).toBe(overlay.clientHeight * window.devicePixelRatio);
  expect(overlay.width).toBe(200);
  expect(overlay.clientHeight).toBeLessThan(frameOf(el).clientHeight / 3);
});
