/** How an explorer is laid out: by its own width, whatever the window's is. */
import { afterEach, expect, test } from "vitest";
import type { View } from "../../src/generated";
import { element } from "../../src/kit/dom";

const box = (name: string, ...children: Node[]) =>
  element("div", { class: `widget-box bodyseg-${name}` }, ...children);

/** A panel with this view; its head has as many lines as are given. */
function panel(view: View, lines: number): HTMLElement {
  const head = box("head");
  head.style.height = `${20 * lines}px`;
  const frame = element("div", { class: "bodyseg-frame", "data-view": view });
  return box(
    "panel",
    head,
    element("div", { class: "bodyseg bodyseg-view" }, frame),
    element("div", { class: "bodyseg bodyseg-tabs" }, "Mask"),
    element("div", { class: "bodyseg bodyseg-effect", hidden: "" }),
    box("cut", element("div", {}, "threshold")),
  );
}

/** An explorer of this width, with a panel for each view. */
function explorer(width: number, views: View[], skeleton = true): HTMLElement {
  const count = `count-${views.length}`;
  const panels = box(
    `panels bodyseg-${count}`,
    ...views.map((view, index) => panel(view, 1 + (index % 3))),
  );
  const pressed = element("button", { "aria-pressed": String(skeleton) }, "Skeleton");
  const slider = (name: string) =>
    element("div", { class: `bodyseg bodyseg-slider ${name}` }, name);
  const looks = ["opacity", "mask-color", "score"].map((each) => slider(`bodyseg-${each}`));
  const el = box(
    "explorer",
    box("toolbar", element("div", { class: "bodyseg bodyseg-skeleton" }, pressed)),
    box(
      "stage",
      panels,
      element("div", { class: "bodyseg bodyseg-timeline" }, "live"),
      box("looks", ...looks),
      box("tools", element("div", {}, "Show"), element("div", {}, "Keep")),
      box(`parts bodyseg-${count}`, box("panel", element("div", {}, "Time"))),
    ),
  );
  el.style.width = `${width}px`;
  document.body.append(el);
  return el;
}

afterEach(() => document.body.replaceChildren());

const all = (el: HTMLElement, name: string) => [...el.querySelectorAll(`.bodyseg-${name}`)];
const place = (el: HTMLElement, name: string) => {
  const [found] = all(el, name);
  if (!found) throw new Error(`There is no ${name}`);
  return found.getBoundingClientRect();
};

test("one model's controls are below its image, and beside it from 900 pixels on", () => {
  const narrow = explorer(899, ["mask"]);
  expect(place(narrow, "tabs").top).toBeGreaterThanOrEqual(place(narrow, "view").bottom);
  const wide = explorer(900, ["mask"]);
  const image = place(wide, "view");
  for (const name of ["tabs", "cut", "looks", "tools", "parts"]) {
    expect(place(wide, name).left, name).toBeGreaterThanOrEqual(image.right);
    expect(place(wide, name).top, name).toBeLessThan(image.bottom);
  }
  expect(place(wide, "timeline").top).toBeGreaterThanOrEqual(image.bottom);
  // The window is wider than both.
  expect(window.innerWidth).toBeGreaterThan(900);
});

test("a tall part beside one image leaves the timeline under the image", () => {
  const el = explorer(1000, ["mask"]);
  const part = box("panel");
  part.style.height = "700px";
  el.querySelector(".bodyseg-parts")?.prepend(part);
  const [image, timeline] = [place(el, "view"), place(el, "timeline")];
  expect(timeline.top - image.bottom).toBeLessThan(20);
  const controls = ["tabs", "cut", "looks", "tools", "parts"].map((name) => place(el, name));
  // Nothing between them has been stretched.
  for (const [index, { bottom }] of controls.slice(0, -1).entries())
    expect((controls[index + 1]?.top ?? 0) - bottom).toBeLessThan(20);
});

test.each([
  [2, 580, 2],
  [3, 800, 3],
  [4, 800, 2],
  [4, 940, 4],
  [6, 940, 3],
  [4, 400, 1],
])("%i models in a cell of %i pixels stand in %i columns", (count, width, columns) => {
  const el = explorer(width, new Array<View>(count).fill("mask"));
  const lefts = all(el, "frame").map((each) => Math.round(each.getBoundingClientRect().left));
  expect(new Set(lefts).size).toBe(columns);
});

test("the images of a row are aligned, whatever the heads above them hold", () => {
  const el = explorer(1000, ["mask", "effect", "mask", "picture"]);
  // The controls of an effect make its panel longer, too.
  const effect = all(el, "effect")[1] as HTMLElement;
  effect.hidden = false;
  effect.style.height = "80px";
  for (const name of ["frame", "tabs", "cut"]) {
    const tops = all(el, name).map((each) => each.getBoundingClientRect().top);
    expect(new Set(tops).size, name).toBe(1);
  }
});

test("a timeline that says much reaches into nothing beside it", () => {
  const el = explorer(1010, ["mask", "mask", "mask", "mask"]);
  // As ipywidgets' own styles have it.
  (all(el, "stage")[0] as HTMLElement).style.display = "flex";
  const timeline = all(el, "timeline")[0] as HTMLElement;
  const wide = (width: number) => {
    const each = element("span");
    each.style.cssText = `flex: none; width: ${width}px; height: 20px`;
    return each;
  };
  timeline.replaceChildren(wide(300), wide(200));
  const looks = all(el, "looks")[0] as HTMLElement;
  looks.style.width = "600px";
  const end = timeline.lastElementChild?.getBoundingClientRect() ?? new DOMRect();
  const beside = place(el, "looks");
  expect(end.right <= beside.left || end.bottom <= beside.top).toBe(true);
});

test.each<[View[], boolean, string[]]>([
  [["mask"], true, ["opacity", "mask-color", "score"]],
  [["heatmap"], true, ["opacity", "score"]],
  [["contour"], true, ["mask-color", "score"]],
  [["effect"], true, ["score"]],
  [["picture"], false, []],
  [["cut-out", "heatmap"], false, ["opacity"]],
])("of the looks, %j with skeletons %s has what acts on it", (views, skeleton, expected) => {
  const el = explorer(1000, views, skeleton);
  const shown = ["opacity", "mask-color", "score"].filter((name) => place(el, name).height > 0);
  expect(shown).toEqual(expected);
});

test("there is one Start, in the toolbar; a view that stands alone has its own", () => {
  const start = () => element("button", { class: "bodyseg-button bodyseg-start" }, "Start");
  const note = () => element("div", { class: "bodyseg bodyseg-note" }, start());
  const el = explorer(1000, ["mask"]);
  el.querySelector(".bodyseg-frame")?.append(note());
  document.body.append(note());
  const shown = [...document.querySelectorAll<HTMLElement>(".bodyseg-start")];
  expect(shown.map((each) => each.offsetHeight > 0)).toEqual([false, true]);
});
