/** How the program of all widgets comes: once, with the styles, and so that no notebook saves it. */
import { afterEach, expect, test } from "vitest";
import carrier from "../../src/kit/carrier";
import { frontEnd } from "../../src/kit/front_end";
import loader from "../../src/kit/loader";
import { FakePage } from "../fakes";

const PROGRAM = `
globalThis.runs = (globalThis.runs ?? 0) + 1;
export default (name) => ({
  initialize: ({ model }) => ({ name, answer: model.get("value") }),
  render: ({ el }) => { el.textContent = "This is " + name; },
});
`;

const page = globalThis as { runs?: number; WIDGET?: string; STYLES?: string };
let version = 0;

afterEach(() => {
  page.runs = 0;
  // Pages keep what they have run.
  version += 1;
});

async function packed(): Promise<DataView> {
  const stream = new Blob([PROGRAM]).stream().pipeThrough(new CompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}

/** A page with one carrier, and widgets that it carries the program for. */
function carried(program: DataView | null, id = "carrier") {
  const widgets = new FakePage();
  const traits = { _id: id, _version: `version ${version}`, _program: program };
  return { widgets, model: widgets.add(id, traits, carrier) };
}

function addWidget(widgets: FakePage, name: string, id: string = name, from = "carrier") {
  widgets.add(id, { _front_end: `anywidget:${from}`, value: 42 }, loader);
  page.WIDGET = name;
}

test("the first widget brings the program to the page, and it is run once for all", async () => {
  const { widgets } = carried(await packed());
  await widgets.host.getWidget("anywidget:carrier");
  for (const name of ["slider", "button"]) {
    addWidget(widgets, name);
    const { el } = await widgets.display(name);
    expect(el.textContent).toBe(`This is ${name}`);
    const { exports } = await widgets.host.getWidget(`anywidget:${name}`);
    expect(exports).toEqual({ name, answer: 42 });
  }
  expect(page.runs).toBe(1);
});

test("a widget that comes before the carrier's own module waits for it", async () => {
  const { widgets } = carried(await packed());
  addWidget(widgets, "slider");
  const display = widgets.display("slider");
  await widgets.host.getWidget("anywidget:carrier");
  expect((await display).el.textContent).toBe("This is slider");
});

test("the page forgets the program's text, so that no notebook saves it, and tells nobody", async () => {
  const { widgets, model } = carried(await packed());
  await widgets.host.getWidget("anywidget:carrier");
  await expect.poll(() => model.get("_program")).toBeNull();
  // JupyterLab takes over the kernel's values when a lost connection is found.
  model.receive({ _program: await packed() });
  expect(model.get("_program")).toBeNull();
  expect(model.saved).toEqual([]);
});

test("what one kernel has brought is not run again for another", async () => {
  for (const id of ["first", "second"]) {
    const { widgets, model } = carried(await packed(), id);
    await widgets.host.getWidget(`anywidget:${id}`);
    addWidget(widgets, "slider", "slider", id);
    await widgets.display("slider");
    expect(model.get("_program")).toBeNull();
  }
  expect(page.runs).toBe(1);
});

test("in a notebook that was saved without its kernel, images say so and controls are empty", async () => {
  const { widgets } = carried(null);
  await widgets.host.getWidget("anywidget:carrier");
  addWidget(widgets, "segmentation_view");
  const view = await widgets.display("segmentation_view");
  expect(view.el.textContent).toContain("saved without its kernel. Run the cell to continue.");
  addWidget(widgets, "toggle_button");
  expect((await widgets.display("toggle_button")).el.textContent).toBe("");
});

test("the program gives the page its styles, and hosts that show a widget in a shadow tree", () => {
  page.STYLES = ".test-of-styles { color: rgb(1, 2, 3); }";
  const make = frontEnd({ slider: { render: ({ el }) => el.classList.add("test-of-styles") } });
  const color = (el: Element) => getComputedStyle(el).color;
  const inPage = document.createElement("div");
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const inShadow = document.createElement("div");
  root.append(inShadow);
  document.body.append(inPage, host);
  const { signal } = new AbortController();
  for (const el of [inPage, inShadow, inShadow]) make("slider").render?.({ el, signal } as never);
  expect([inPage, inShadow].map(color)).toEqual(["rgb(1, 2, 3)", "rgb(1, 2, 3)"]);
  expect(root.querySelectorAll("style")).toHaveLength(1);
  inPage.remove();
  host.remove();
  expect(() => make("dial")).toThrow("There is no widget dial.");
});
