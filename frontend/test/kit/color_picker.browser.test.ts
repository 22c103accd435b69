import { expect, it } from "vitest";
import colorPicker from "../../src/widgets/color_picker";
import { FakePage } from "../fakes";

it("saves the color that is picked, and shows the one that Python sets", async () => {
  const page = new FakePage();
  const traits = { label: "mask color", value: "#00a3a3" };
  const model = page.add("picker", traits, colorPicker);
  const { el } = await page.display("picker");
  const input = el.querySelector("input") as HTMLInputElement;
  expect(input.labels?.[0]?.innerText).toBe("mask color");
  input.value = "#cc79a7";
  input.dispatchEvent(new Event("input"));
  await expect.poll(() => model.lastSaved("value")).toBe("#cc79a7");
  model.receive({ value: "#e69f00" });
  expect(input.value).toBe("#e69f00");
});
