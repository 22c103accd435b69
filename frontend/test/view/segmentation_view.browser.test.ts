/** A view in a real browser: its message without a control, its drawing without a graphics card. */
import { expect, onTestFinished, test } from "vitest";
import { userEvent } from "vitest/browser";
import { BUILTIN_EFFECTS } from "../../src/effects/effects";
import { canvasOf, drawnNumber, hold, pixels, waitUntilDrawn } from "../drawn";
import { CLASSES, FakeKernel } from "../fake_kernel";
import { prepareWorkers } from "../workers";

/**
 * In a frame worker: a processor plays graphics card in tests; hidden, views draw with WebGL2. The
 * card can be lost, too.
 *
 * @param claimed whether it is hidden from the beginning
 */
const graphicsCardScript = (claimed: boolean) => `
if ("WorkerGlobalScope" in self) {
  let claimed = ${claimed};
  const used = new Set();
  const { prototype } = WebGL2RenderingContext;
  const { getExtension, drawArrays } = prototype;
  prototype.getExtension = function (name) {
    return claimed && name === "WEBGL_debug_renderer_info" ? null : getExtension.call(this, name);
  };
  prototype.drawArrays = function (...args) {
    used.add(this);
    return drawArrays.apply(this, args);
  };
  const test = new BroadcastChannel("graphics card");
  test.onmessage = ({ data }) => {
    if (data === "claim") claimed = true;
    if (data === "lose") for (const gl of used) gl.getExtension("WEBGL_lose_context").loseContext();
    test.postMessage(used.size);
  };
}
`;

/** Tell it to the frame worker that runs; return how many contexts it draws with. */
async function graphicsCard(what: "claim" | "lose"): Promise<number> {
  const test = new BroadcastChannel("graphics card");
  onTestFinished(() => test.close());
  const used = new Promise<number>((resolve) => {
    test.onmessage = ({ data }) => resolve(data);
  });
  test.postMessage(what);
  return used;
}

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

test.each(["mask", "effect"])(
  "a lost graphics card is replaced without a break where %s is shown",
  async (view) => {
    prepareWorkers(graphicsCardScript(true));
    const kernel = new FakeKernel({ source: "sample" });
    kernel.addStream("stream");
    kernel.addView("view", "stream", { view });
    await kernel.page.display("webcam");
    const { el } = await kernel.page.display("view");
    hold(el);
    const number = () => drawnNumber(el);
    kernel.webcam.receive({ running: true });
    await expect.poll(number).toBeGreaterThan(2);
    const lost = canvasOf(el);
    expect(lost.dataset.renderer).toBe("webgl2");
    expect(await graphicsCard("lose")).toBe(1);
    await expect.poll(() => canvasOf(el).dataset.renderer).toBe("canvas2d");
    expect(lost.isConnected).toBe(false);
    await expect.poll(number).toBeGreaterThan(0);
    const [before, shown] = [pixels(canvasOf(el)), number()];
    // The frame that was there is still there.
    expect(meanDifference(before, new Uint8ClampedArray(before.length))).toBeGreaterThan(10);
    await expect.poll(number).toBeGreaterThan(shown);
    await expect.poll(() => meanDifference(pixels(canvasOf(el)), before)).toBeGreaterThan(0);
    expect(el.querySelector<HTMLElement>(".bodyseg-note")?.hidden).toBe(true);
  },
);

test("both renderers draw the same pixels, view by view", async () => {
  prepareWorkers(graphicsCardScript(false));
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream").receive({ _classes: CLASSES, _people: true });
  const plain = kernel.addView("plain", "stream");
  const card = kernel.addView("card", "stream");
  await kernel.page.display("webcam");
  const { el: plainEl } = await kernel.page.display("plain", 320);
  const [canvas2d, rendererOf] = [
    canvasOf(plainEl),
    (el: HTMLElement) => canvasOf(el).dataset.renderer,
  ];
  await expect.poll(() => rendererOf(plainEl)).toBe("canvas2d");
  await graphicsCard("claim");
  const { el: cardEl } = await kernel.page.display("card", 320);
  const webgl2 = canvasOf(cardEl);
  await expect.poll(() => rendererOf(cardEl)).toBe("webgl2");
  for (const el of [plainEl, cardEl]) hold(el);
  kernel.webcam.receive({ running: true });
  await waitUntilDrawn(plainEl);
  kernel.webcam.receive({ paused: true });
  await expect
    .poll(() => drawnNumber(plainEl) > 0 && drawnNumber(plainEl) === drawnNumber(cardEl))
    .toBe(true);
  const looks = [
    ...["picture", "mask", "heatmap", "cut-out", "contour"].map((view) => ({ view })),
    { view: "mask", mask_color: "#cc79a7" },
    ...["parts", "people"].flatMap((view) =>
      ["rainbow", "colorblind"].map((palette) => ({ view, palette })),
    ),
    { view: "heatmap", heatmap_of: "upper_half" },
    ...BUILTIN_EFFECTS.map(({ name }) => ({ view: "effect", effect: name })),
  ];
  for (const mirror of [false, true])
    for (const look of looks) {
      for (const model of [plain, card]) model.receive({ ...look, mirror });
      for (const el of [plainEl, cardEl]) await waitUntilDrawn(el);
      const difference = meanDifference(pixels(canvas2d), pixels(webgl2));
      expect.soft(difference, JSON.stringify({ ...look, mirror })).toBeLessThan(0.5);
    }
});

test("a view without its control does not offer a start that no one could stop", async () => {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  const { el } = await kernel.page.display("view");
  const note = el.querySelector<HTMLElement>(".bodyseg-note");
  expect(note?.innerText).toContain("Display the Webcam too");
  expect(note?.querySelector("button")).toBeNull();
  await kernel.page.display("webcam");
  await expect.poll(() => note?.innerText).toContain("Press Start");
  expect(note?.querySelector("button")?.textContent).toBe("Start");
});

test("weights that are missing are downloaded by keyboard, with a bar, and the download canceled", async () => {
  const kernel = new FakeKernel({ source: "sample" });
  const url = "https://example.org/mobilenet/quant2/075/model-stride16.json";
  const offer = { url, size: 2_700_000, done: null, problem: "" };
  const stream = kernel.addStream("stream", () => "skipped");
  kernel.addView("view", "stream");
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  kernel.webcam.receive({ running: true });
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(0);
  stream.receive({ state: "failed", message: "MissingWeightsError: …", _weights: offer });
  const note = el.querySelector(".bodyseg-note") as HTMLElement;
  await expect.poll(() => note.innerText).toContain("2.7 MB");
  expect(note.innerText).toContain(url);
  const onlyButton = () => {
    const [found, ...others] = note.querySelectorAll("button");
    expect(others).toEqual([]);
    return found as HTMLButtonElement;
  };
  onlyButton().focus();
  await userEvent.keyboard("{Enter}");
  expect(stream.sent.map(({ content }) => content)).toEqual([{ kind: "weights", download: true }]);

  stream.receive({ _weights: { ...offer, done: 0 } });
  const bar = note.querySelector("progress") as HTMLProgressElement;
  const cancel = onlyButton();
  expect(cancel.textContent).toBe("Cancel");
  expect(document.activeElement).toBe(cancel);
  expect(bar.getAttribute("aria-label")).toContain("Downloading the weights of Selfie stream");
  stream.receive({ _weights: { ...offer, done: 1_350_000 } });
  expect(bar.value).toBe(0.5);
  // Neither announced again nor without the focus.
  expect(note.querySelector("progress")).toBe(bar);
  expect(document.activeElement).toBe(cancel);
  await userEvent.keyboard("{Enter}");
  expect(stream.sent.at(-1)?.content).toEqual({ kind: "weights", download: false });

  stream.receive({ _weights: { ...offer, problem: "Is this computer offline?" } });
  expect(note.innerText).toContain("Is this computer offline?");
  expect(onlyButton().textContent).toBe("Download");
  expect(document.activeElement).toBe(onlyButton());
  stream.receive({ _weights: null, state: "loading", message: "" });
  expect(note.querySelector("button")).toBeNull();
  expect(document.activeElement).toBe(canvasOf(el));
});
