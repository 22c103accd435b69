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

it("says no more which way frames go once their kernel has ended", async () => {
  const kernel = new FakeKernel();
  kernel.addStream("a");
  kernel.page.add("times", { stream: "anywidget:a", compact: false }, timingReadout);
  const { el } = await kernel.page.display("times");
  const said = () => el.querySelector(".bodyseg-times-way")?.textContent;
  await vi.waitFor(() => expect(said()).toContain("through Jupyter"));
  kernel.channel.lose();
  await vi.waitFor(() => expect(said()).toBe(""));
});
