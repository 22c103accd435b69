/** The controls of the built-in effects, by keyboard and by name. */
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import effectControls from "../../src/widgets/effect_controls";
import { canvasOf, hold, pixels, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";
import type { FakeModel } from "../fakes";

const picker = page.getByRole("combobox", { name: "Effect" });
const slider = (name: string) => page.getByRole("slider", { name });
const checkbox = (name: string) => page.getByRole("checkbox", { name });

/** A view with controls; `always` where they do not depend on what it shows. */
async function open(view: string, always: boolean, ...controls: string[]) {
  const kernel = new FakeKernel({ source: "sample" });
  const stream = kernel.addStream("stream");
  const model = kernel.addView("view", "stream", { view });
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  for (const id of controls) {
    kernel.page.add(id, { view: "anywidget:view", _always: always }, effectControls);
    await kernel.page.display(id);
  }
  return { kernel, stream, view: model, el };
}

async function expectSaved(view: FakeModel, name: string, value: unknown): Promise<void> {
  await expect.poll(() => view.lastSaved(name), { message: name }).toBe(value);
}

test("the controls are those of the chosen effect, in order, with names and values", async () => {
  const { view } = await open("effect", false, "controls");
  const blur = slider("background blur");
  await expect.element(blur).toHaveAttribute("aria-valuetext", "3.0 pixels");
  (picker.element() as HTMLElement).focus();
  await userEvent.keyboard("{Tab}");
  await expect.element(checkbox("soft")).toHaveFocus();
  await userEvent.keyboard(" ");
  await expectSaved(view, "soft", true);
  await userEvent.keyboard("{Tab}");
  await expect.element(blur).toHaveFocus();
  await userEvent.keyboard("{ArrowRight}{PageUp}");
  await expectSaved(view, "background_blur_amount", 8.5);
  await userEvent.keyboard("{Home}");
  await expectSaved(view, "background_blur_amount", 0);

  await picker.selectOptions("pixelated");
  await expectSaved(view, "effect", "pixelated");
  expect(blur.query()).toBeNull();
  const width = slider("cell width");
  await expect.element(width).toHaveAttribute("aria-valuetext", "10 pixels");
  view.receive({ pixel_cell_width: 25 });
  await expect.element(width).toHaveAttribute("aria-valuetext", "25 pixels");
  await expect.element(slider("mask opacity")).toBeVisible();

  await picker.selectOptions("background");
  (picker.element() as HTMLElement).focus();
  for (const control of [
    page.getByLabelText("background color"),
    page.getByRole("button", { name: "Image or video…" }),
    checkbox("soft"),
    checkbox("remove color spill"),
  ]) {
    await userEvent.keyboard("{Tab}");
    await expect.element(control).toHaveFocus();
  }
  await userEvent.keyboard(" ");
  await expectSaved(view, "decontaminate", false);
  expect(slider("edge blur").query()).toBeNull();
  await checkbox("soft").click();
  await expect.element(slider("edge blur")).toBeVisible();
});

test("the controls are there with the effect only", async () => {
  const { view } = await open("effect", false, "controls");
  await expect.element(picker).toBeVisible();
  for (const other of ["mask", "heatmap", "cut-out", "contour", "picture"]) {
    view.receive({ view: other });
    expect(picker.query(), other).toBeNull();
  }
  view.receive({ view: "effect" });
  await expect.element(picker).toBeVisible();
});

test("effects on classes are offered while the model has them", async () => {
  const { stream, view } = await open("effect", false, "controls");
  const isOffered = (effect: string) => {
    const option = picker.element().querySelector<HTMLOptionElement>(`option[value=${effect}]`);
    return option?.matches(":enabled");
  };
  const effects = ["bokeh", "face_blur", "part_blur"];
  await expect.poll(() => effects.map(isOffered)).toEqual([true, false, false]);
  stream.receive({ _classes: [{ value: 4, name: "hair" }] });
  await expect.poll(() => effects.map(isOffered)).toEqual([true, false, true]);
  view.receive({ effect: "face_blur" });
  await expect.element(picker).toHaveValue("face_blur");
});

test("the checkboxes are those of the model's classes, and what others have stays chosen", async () => {
  const { stream, view } = await open("effect", false, "controls");
  const named = (...names: string[]) => names.map((name, value) => ({ value, name }));
  stream.receive({ _classes: named("left_face", "right_face", "left_upper_arm_front") });
  view.receive({ effect: "part_blur" });
  const summary = page.getByText("blurred parts").first();
  await summary.click();
  await expect.element(checkbox("left face")).toBeChecked();
  await expect.element(checkbox("left upper arm front")).not.toBeChecked();
  await checkbox("left upper arm front").click();
  const all = ["left_face", "right_face", "left_upper_arm_front"];
  await expect.poll(() => view.lastSaved("blurred_parts")).toEqual(all);

  stream.receive({ _classes: named("background", "hair", "face-skin") });
  await expect.element(checkbox("hair")).not.toBeChecked();
  expect(checkbox("left face").query()).toBeNull();
  expect(checkbox("background").query()).toBeNull();
  await checkbox("hair").click();
  await expect.poll(() => view.lastSaved("blurred_parts")).toEqual([...all, "hair"]);
  await page.getByRole("button", { name: "Faces" }).click();
  await expect.element(checkbox("face-skin")).toBeChecked();
  await expect.element(checkbox("hair")).not.toBeChecked();
  await expectSaved(view, "blurred_parts", "faces");
  (summary.element() as HTMLElement).closest("summary")?.focus();
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => checkbox("hair").query()).toBeNull();
});

test("separate controls are there whatever the view shows", async () => {
  const { view } = await open("mask", true, "first", "second");
  expect(picker.all()).toHaveLength(2);
  await picker.first().selectOptions("pixelated");
  await expect.element(picker.last()).toHaveValue("pixelated");
  await expectSaved(view, "effect", "pixelated");
});

test("every slider changes the image, and is saved", async () => {
  const { kernel, view, el } = await open("effect", false, "controls");
  kernel.webcam.receive({ running: true });
  hold(el);
  await waitUntilDrawn(el);
  kernel.webcam.receive({ paused: true });
  expect(canvasOf(el).dataset.renderer).toBe("canvas2d");
  const look = async () => {
    await waitUntilDrawn(el);
    return pixels(canvasOf(el)).join();
  };
  const press = async (effect: string, label: string, trait: string, value: number) => {
    view.receive({ effect });
    const before = await look();
    (slider(label).element() as HTMLElement).focus();
    await userEvent.keyboard("{PageUp}");
    expect((await look()) === before, `${label} of ${effect}`).toBe(false);
    await expectSaved(view, trait, value);
  };
  await press("bokeh", "background blur", "background_blur_amount", 8);
  await press("bokeh", "edge blur", "edge_blur_amount", 8);
  await press("mask", "mask blur", "mask_blur_amount", 5);
  await press("pixelated", "cell width", "pixel_cell_width", 20);
  await press("background", "edge blur", "edge_blur_amount", 13);
  const before = await look();
  await page.getByLabelText("background color").fill("#102030");
  expect((await look()) === before).toBe(false);
  await expectSaved(view, "background", "#102030");
});
