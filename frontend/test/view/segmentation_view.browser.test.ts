/** A view in a real browser: its message without a control, its drawing without a graphics card. */
import { expect, test, vi } from "vitest";
import type { EffectSpec, ParameterSpec } from "../../src/generated";
import { FakeKernel } from "../fake_kernel";

const blur = (name: string): ParameterSpec => ({
  name,
  label: "",
  help: "",
  kind: "number",
  default: 3,
  whole: false,
  low: 0,
  high: 20,
  step: 0.5,
  unit: "pixels",
  trait: true,
  shown_if: null,
});
const BOKEH: EffectSpec = {
  name: "bokeh",
  label: "Bokeh",
  kind: "builtin",
  shader: null,
  parameters: [
    blur("background_blur_amount"),
    blur("edge_blur_amount"),
    {
      name: "soft",
      label: "",
      help: "",
      kind: "switch",
      default: false,
      trait: true,
      shown_if: null,
    },
  ],
};
const BOKEH_TRAITS = {
  _effects: [BOKEH],
  background_blur_amount: 3,
  edge_blur_amount: 3,
  soft: false,
};

/** A processor plays graphics card in tests; hidden, views draw with WebGL2. */
function claimGraphicsCard(): void {
  const { prototype } = WebGL2RenderingContext;
  const getExtension: (name: string) => WEBGL_multi_draw | null = prototype.getExtension;
  vi.spyOn(prototype, "getExtension").mockImplementation(function (this: unknown, name: string) {
    return name === "WEBGL_debug_renderer_info" ? null : getExtension.call(this, name);
  });
}

function pixels(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const { width, height } = canvas;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw new Error("This browser draws nothing");
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

function canvasOf(el: HTMLElement): HTMLCanvasElement {
  const canvas = el.querySelector<HTMLCanvasElement>(".bodyseg-canvas");
  if (!canvas) throw new Error("There is no image");
  return canvas;
}

test.each(["mask", "effect"])(
  "a lost graphics card is replaced without a break where %s is shown",
  async (view) => {
    claimGraphicsCard();
    const kernel = new FakeKernel({ source: "sample" });
    kernel.addStream("stream");
    kernel.addView("view", "stream", { view, ...BOKEH_TRAITS });
    await kernel.page.display("webcam");
    const { el } = await kernel.page.display("view");
    kernel.webcam.receive({ running: true });
    const number = () => Number(el.querySelector(".bodyseg-frame-number")?.textContent);
    await expect.poll(number).toBeGreaterThan(2);
    const lost = canvasOf(el);
    expect(lost.dataset.renderer).toBe("webgl2");
    lost.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
    await expect.poll(() => canvasOf(el).dataset.renderer).toBe("canvas2d");
    expect(lost.isConnected).toBe(false);
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
  const plain = kernel.addView("plain", "stream", BOKEH_TRAITS);
  const card = kernel.addView("card", "stream", BOKEH_TRAITS);
  await kernel.page.display("webcam");
  const { el: plainEl } = await kernel.page.display("plain", 320);
  claimGraphicsCard();
  const { el: cardEl } = await kernel.page.display("card", 320);
  const [canvas2d, webgl2] = [canvasOf(plainEl), canvasOf(cardEl)];
  expect([canvas2d.dataset.renderer, webgl2.dataset.renderer]).toEqual(["canvas2d", "webgl2"]);
  kernel.webcam.receive({ running: true });
  const number = (el: HTMLElement) => el.querySelector(".bodyseg-frame-number")?.textContent;
  await expect.poll(() => number(plainEl)).not.toBe("");
  kernel.webcam.receive({ running: false });
  await expect.poll(() => number(cardEl)).toBe(number(plainEl));
  for (const mirror of [false, true])
    for (const view of ["picture", "mask", "heatmap", "cut-out", "contour", "effect"]) {
      for (const model of [plain, card]) model.receive({ view, mirror });
      const difference = meanDifference(pixels(canvas2d), pixels(webgl2));
      expect.soft(difference, `${view}, mirror ${mirror}`).toBeLessThan(0.5);
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
