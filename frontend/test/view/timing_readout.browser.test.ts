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

it("says what the page runs the network with, and why", async () => {
  const kernel = new FakeKernel();
  const stream = kernel.addStream("a");
  kernel.page.add("rate", { stream: "anywidget:a", compact: true }, timingReadout);
  kernel.page.add("times", { stream: "anywidget:a", compact: false }, timingReadout);
  const { el: rate } = await kernel.page.display("rate");
  const { el: times } = await kernel.page.display("times");
  const short = () => rate.querySelector<HTMLElement>(".bodyseg-running-on");
  const long = () => times.querySelector(".bodyseg-running-on")?.textContent;
  expect([short()?.hidden, long()]).toEqual([true, ""]);
  stream.set("running_on", "webgpu");
  stream.set("running_why", "It is faster.");
  await vi.waitFor(() => expect(short()?.textContent).toBe("graphics card"));
  expect([short()?.title, short()?.hidden]).toEqual(["It is faster.", false]);
  expect(long()).toBe("The network runs on this computer's graphics card. It is faster.");
});
