/** Images are mirrored as suits their source, and the button shows whether they are. */
import { expect, test } from "vitest";
import mirrorButton from "../../src/widgets/mirror_button";
import { canvasOf, drawnNumber, hold, pixels, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";

/** A view, a line on it, and the button, linked as in an Explorer; the sample has been shown. */
async function open() {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  const view = kernel.addView("view", "stream", { mirror: "auto", line: [0.1, 0.5, 0.9, 0.5] });
  const traits = { webcam: "anywidget:webcam", value: "auto" };
  const model = kernel.page.add("button", traits, mirrorButton);
  model.on("change:value", () => view.receive({ mirror: model.get("value") }));
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  const button = (await kernel.page.display("button")).el.querySelector("button");
  if (!button) throw new Error("There is no button");
  hold(el);
  kernel.webcam.receive({ running: true });
  await expect.poll(() => drawnNumber(el)).toBeGreaterThan(0);
  kernel.webcam.receive({ paused: true });
  return { kernel, el, button, model };
}

/** Whether the mask, which covers the left half of the frame, is on the right. */
async function isMirrored(el: HTMLElement): Promise<boolean> {
  await waitUntilDrawn(el);
  const canvas = canvasOf(el);
  const [row, image] = [4 * canvas.width, pixels(canvas)];
  const at = (x: number) => row * Math.round(canvas.height / 2) + 4 * Math.round(x * canvas.width);
  // Teal has little red.
  const red = (x: number) => image[at(x)] ?? 0;
  return red(0.75) < red(0.25);
}

/** Where end A of the line is, as a share of the width. */
function endA(el: HTMLElement): number {
  const line = el.querySelector(".bodyseg-line line");
  return Number.parseFloat(line?.getAttribute("x1") ?? "") / 100;
}

test("the sample is not mirrored; the button mirrors it with its line, and back", async () => {
  const { el, button, model } = await open();
  const pressed = () => button.getAttribute("aria-pressed");
  expect([await isMirrored(el), pressed(), endA(el)]).toEqual([false, "false", 0.1]);
  button.click();
  expect([await isMirrored(el), pressed(), endA(el)]).toEqual([true, "true", 0.9]);
  expect(model.lastSaved("value")).toBe(true);
  button.click();
  expect([await isMirrored(el), pressed(), endA(el)]).toEqual([false, "false", 0.1]);
  expect(model.lastSaved("value")).toBe("auto");
});

test("a camera of the page is mirrored, unless it is said otherwise", async () => {
  const { kernel, el, button, model } = await open();
  const pressed = () => button.getAttribute("aria-pressed");
  kernel.webcam.receive({ running: false });
  kernel.webcam.receive({ source: "camera" });
  await expect.poll(() => [pressed(), endA(el)]).toEqual(["true", 0.9]);
  kernel.webcam.receive({ source: "stream" });
  await expect.poll(pressed).toBe("false");
  kernel.webcam.receive({ _stream_is_mirror: true });
  await expect.poll(pressed).toBe("true");
  model.receive({ value: false });
  expect([pressed(), endA(el)]).toEqual(["false", 0.1]);
});
