/** The tabs of views. */
import { expect, test } from "vitest";
import viewTabs from "../../src/widgets/view_tabs";
import { CLASSES, FakeKernel } from "../fake_kernel";

const VIEWS = ["mask", "parts", "people", "picture"];

async function tabsOf(value: string, stream: string | null) {
  const kernel = new FakeKernel();
  const model = kernel.addStream("stream");
  const tabs = kernel.page.add("tabs", { _views: VIEWS, value, stream }, viewTabs);
  const { el } = await kernel.page.display("tabs");
  const all = () => [...el.querySelectorAll("button")].filter(({ hidden }) => !hidden);
  const texts = () => all().map(({ textContent }) => textContent);
  const chosen = () => all().find((each) => each.ariaSelected === "true")?.textContent;
  return { el, model, tabs, texts, chosen };
}

test("views that the results of the model do not have are not offered", async () => {
  const { model, texts } = await tabsOf("mask", "anywidget:stream");
  expect(texts()).toEqual(["Mask", "Picture"]);
  model.receive({ _classes: CLASSES });
  expect(texts()).toEqual(["Mask", "Classes", "Picture"]);
  model.receive({ _people: true });
  expect(texts()).toEqual(["Mask", "Classes", "People", "Picture"]);
  model.receive({ model: "BodyPix" });
  expect(texts()).toEqual(["Mask", "Parts", "People", "Picture"]);
});

test("after another model was chosen, the mask is marked in place of a view it does not have", async () => {
  const { model, tabs, chosen } = await tabsOf("people", "anywidget:stream");
  expect(chosen()).toBe("Mask");
  model.receive({ _people: true });
  expect(chosen()).toBe("People");
  model.receive({ _people: false });
  expect(chosen()).toBe("Mask");
  // What was chosen stays so, for the next model.
  expect(tabs.get("value")).toBe("people");
});

test("arrow keys pass over what is not offered", async () => {
  const { el, tabs, chosen } = await tabsOf("mask", "anywidget:stream");
  const press = (key: string) => el.dispatchEvent(new KeyboardEvent("keydown", { key }));
  press("ArrowRight");
  expect([tabs.get("value"), chosen()]).toEqual(["picture", "Picture"]);
  press("ArrowRight");
  expect(chosen()).toBe("Mask");
});

test("without a stream, all views are offered", async () => {
  const { texts } = await tabsOf("mask", null);
  expect(texts()).toEqual(["Mask", "Classes", "People", "Picture"]);
});
