/** The legend of a view's colors. */
import { expect, test, vi } from "vitest";
import { Legend, type LegendLook } from "../../src/view/legend";

const CLASSES = [
  { value: 0, name: "background" },
  { value: 1, name: "left_hand" },
  { value: 2, name: "hair" },
];

function shown(changes: Partial<LegendLook> = {}) {
  const [choosePalette, chooseClass] = [vi.fn(), vi.fn()];
  const legend = new Legend(choosePalette, chooseClass);
  const look: LegendLook = {
    ...{ view: "parts", classes: CLASSES, palette: "rainbow", heatmapOf: "", seen: [2] },
    ...changes,
  };
  document.body.replaceChildren(legend.el);
  legend.show(look);
  const show = (more: Partial<LegendLook>) => legend.show({ ...look, ...more });
  return { el: legend.el, show, choosePalette, chooseClass };
}

const items = (el: HTMLElement) => [...el.querySelectorAll("li")].map((each) => each.textContent);
const select = (el: HTMLElement, label: string) => {
  const found = [...el.querySelectorAll("label")].find(({ textContent }) =>
    textContent?.startsWith(label),
  );
  return found?.querySelector("select") as HTMLSelectElement;
};

test("it lists the classes in the order of their labels, and says which are not seen", () => {
  const { el, show } = shown();
  expect(items(el)).toEqual(["left hand, not in the picture", "hair"]);
  show({ seen: [1, 2] });
  expect(items(el)).toEqual(["left hand", "hair"]);
  const swatches = [...el.querySelectorAll("i")].map(({ style }) => style.background);
  expect(swatches).toEqual(["rgb(110, 64, 170)", "rgb(175, 240, 91)"]);
});

test("it lists the people who are seen", () => {
  const { el, show } = shown({ view: "people", seen: [12, 2] });
  expect(items(el)).toEqual(["person 2", "person 12"]);
  show({ view: "people", seen: [] });
  expect(items(el)).toEqual([]);
});

test("the palette is picked in it", () => {
  const { el, choosePalette } = shown({ palette: "colorblind" });
  const picker = select(el, "Colors");
  expect(picker.value).toBe("colorblind");
  picker.value = "rainbow";
  picker.dispatchEvent(new Event("change"));
  expect(choosePalette).toHaveBeenCalledWith("rainbow");
});

test("it offers the classes for the heatmap, where there are some", () => {
  const { el, show, chooseClass } = shown({ view: "heatmap", heatmapOf: "hair" });
  const picker = select(el, "Heatmap of");
  expect([...picker.options].map(({ text }) => text)).toEqual([
    "person",
    "background",
    "left hand",
    "hair",
  ]);
  expect(picker.value).toBe("hair");
  picker.value = "left_hand";
  picker.dispatchEvent(new Event("change"));
  expect(chooseClass).toHaveBeenCalledWith("left_hand");
  // A class that the next model does not have.
  show({ view: "heatmap", heatmapOf: "tail" });
  expect(picker.selectedOptions[0]?.text).toBe("person");
  show({ view: "heatmap", classes: [] });
  expect(el.hidden).toBe(true);
});

test("it is there only for what it explains", () => {
  const { el, show } = shown({ view: "mask" });
  expect(el.hidden).toBe(true);
  show({ view: "parts" });
  expect(el.hidden).toBe(false);
  expect(select(el, "Heatmap of").closest("label")?.hidden).toBe(true);
});
