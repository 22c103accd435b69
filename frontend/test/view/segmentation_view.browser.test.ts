/** A view in a real browser: its message without a control, its drawing without a graphics card. */
import { expect, test, vi } from "vitest";
import { canvasOf, drawnNumber, hold, pixels, waitUntilDrawn } from "../drawn";
import { BUILTIN_EFFECTS, FakeKernel } from "../fake_kernel";

/** A processor plays graphics card in tests; hidden, views draw with WebGL2. */
function claimGraphicsCard(): void {
  const { prototype } = WebGL2RenderingContext;
  const getExtension: (name: string) => WEBGL_multi_draw | null = prototype.getExtension;
  vi.spyOn(prototype, "getExtension").mockImplementation(function (this: unknown, name: string) {
    return name === "WEBGL_debug_renderer_info" ? null : getExtension.call(this, name);
  });
}

/** The contexts of graphics cards that are in use from now on. */
function recordContexts(): Set<WebGL2RenderingContext> {
  const contexts = new Set<WebGL2RenderingContext>();
  const { prototype } = WebGL2RenderingContext;
  const draw = prototype.drawArrays;
  vi.spyOn(prototype, "drawArrays").mockImplementation(function (
    this: WebGL2RenderingContext,
    ...args
  ) {
    contexts.add(this);
    return draw.apply(this, args);
  });
  return contexts;
}

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

test.each(["mask", "effect"])(
  "a lost graphics card is replaced without a break where %s is shown",
  async (view) => {
    claimGraphicsCard();
    const contexts = recordContexts();
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
    expect(contexts.size).toBe(1);
    [...contexts][0]?.getExtension("WEBGL_lose_context")?.loseContext();
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
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  const plain = kernel.addView("plain", "stream");
  const card = kernel.addView("card", "stream");
  await kernel.page.display("webcam");
  const { el: plainEl } = await kernel.page.display("plain", 320);
  const [canvas2d, rendererOf] = [
    canvasOf(plainEl),
    (el: HTMLElement) => canvasOf(el).dataset.renderer,
  ];
  await expect.poll(() => rendererOf(plainEl)).toBe("canvas2d");
  claimGraphicsCard();
  const { el: cardEl } = await kernel.page.display("card", 320);
  const webgl2 = canvasOf(cardEl);
  await expect.poll(() => rendererOf(cardEl)).toBe("webgl2");
  for (const el of [plainEl, cardEl]) hold(el);
  kernel.webcam.receive({ running: true });
  await waitUntilDrawn(plainEl);
  kernel.webcam.receive({ running: false });
  await expect
    .poll(() => drawnNumber(plainEl) > 0 && drawnNumber(plainEl) === drawnNumber(cardEl))
    .toBe(true);
  const looks = [
    ...["picture", "mask", "heatmap", "cut-out", "contour"].map((view) => ({ view })),
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
