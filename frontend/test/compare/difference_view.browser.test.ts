/** The differences of two streams that answer for other frames. */
import { expect, test } from "vitest";
import differenceView from "../../src/widgets/difference_view";
import { FakeKernel } from "../fake_kernel";

test("it says what to do where the two finish no frame in common", async () => {
  const kernel = new FakeKernel({ source: "sample" });
  let alternate = false;
  kernel.addStream("first", (frame) => (alternate && frame % 2 === 0 ? "skipped" : "result"));
  kernel.addStream("second", (frame) => (alternate && frame % 2 === 1 ? "skipped" : "result"));
  kernel.addView("a", "first");
  kernel.addView("b", "second");
  kernel.page.add(
    "difference",
    {
      _webcam: "anywidget:webcam",
      a: "anywidget:a",
      b: "anywidget:b",
      names: ["general", "landscape"],
      view: "agreement",
      opacity: 0.7,
      mirror: true,
      frame_number: true,
    },
    differenceView,
  );
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("difference");
  const note = el.querySelector<HTMLElement>(".bodyseg-note");
  kernel.webcam.receive({ running: true });
  await expect.poll(() => note?.hidden).toBe(true);
  alternate = true;
  await expect
    .poll(() => note?.innerText, { timeout: 5000 })
    .toContain('No common frame yet. Turn on "Same frame".');
  expect(note?.hidden).toBe(false);
  alternate = false;
  await expect.poll(() => note?.hidden).toBe(true);
});
