import { expect, it, vi } from "vitest";
import timingReadout from "../../src/widgets/timing_readout";
import { FakeKernel } from "../fake_kernel";

it("says why frames go through Jupyter", async () => {
  const kernel = new FakeKernel();
  kernel.addStream("a");
  kernel.page.add("times", { stream: "anywidget:a", compact: false }, timingReadout);
  const { el } = await kernel.page.display("times");
  await vi.waitFor(() =>
    expect(el.querySelector(".bodyseg-times-way")?.textContent).toBe(
      "Frames go through Jupyter: there is no server.",
    ),
  );
});
