/** How a plot comes: with plotly.js once per page, also if that takes its time or fails. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import widget, { SILENCE } from "../../src/kit/live_figure";
import { type FakeModel, FakePage, type Sent } from "../fakes";

const HEIGHT = 200;

/** A plotly.js that notes in the page what it is asked for. */
const PROGRAM = `
const listeners = new WeakMap();
const note = (...call) => { (window.drawn ??= []).push(call); };
module.exports = {
  react: async (element, data, layout, config) => {
    if (window.broken) throw new Error("No WebGL");
    element.on = () => element;
    element.textContent = "drawn";
    note("react", data, layout, config);
  },
  update: async (element, ...change) => note("update", ...change),
  relayout: async (element, change) => note("relayout", change),
  purge: () => note("purge"),
};
window.loads = (window.loads ?? 0) + 1;
window.Plotly = module.exports;
`;

interface TestPage {
  drawn?: unknown[][];
  loads?: number;
  broken?: boolean;
  Plotly?: unknown;
}
const page = globalThis as TestPage;

let packed: DataView[] = [];
let version = 0;

beforeEach(async () => {
  const stream = new Blob([PROGRAM]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  const half = bytes.byteLength >> 1;
  packed = [new DataView(bytes, 0, half), new DataView(bytes, half)];
  // Pages keep what they have loaded.
  version += 1;
  page.drawn = [];
  page.loads = 0;
  page.broken = false;
});

/** The kernel's side of a plot. */
class Kernel {
  /** What the page has asked for and this has not answered. */
  readonly requests: string[] = [];
  answers = true;
  figures = 0;
  number = 0;

  constructor(readonly model: FakeModel) {
    model.onSend = ({ content }) => this.receive(content);
  }

  sendProgram(request: string, program = packed): void {
    for (const part of program) {
      this.model.deliver({ kind: "program", request, parts: program.length }, [part]);
    }
  }

  update(traces: object, layout = {}): void {
    this.number += 1;
    this.model.deliver({ kind: "update", update: this.number, traces, layout });
  }

  private receive(content: Sent["content"]): void {
    if (content.kind === "program") {
      const request = String(content.request);
      if (this.answers) queueMicrotask(() => this.sendProgram(request));
      else this.requests.push(request);
    }
    if (content.kind === "figure") {
      this.figures += 1;
      this.number += 1;
      const figure = JSON.stringify({ data: [{ x: [this.number] }], layout: { height: HEIGHT } });
      const message = { kind: "figure", update: this.number, figure, config: {} };
      queueMicrotask(() => this.model.deliver(message));
    }
  }
}

async function show(host: FakePage, id = "plot", answers = true) {
  const seen = { _hidden: false, _view_count: 1 };
  const traits = { _plotly: `test ${version}`, _height: HEIGHT, ...seen };
  const kernel = new Kernel(host.add(id, traits, widget));
  kernel.answers = answers;
  const { el, remove } = await host.display(id);
  const again = () => el.querySelector("button") as HTMLButtonElement;
  return { kernel, el, remove, again };
}

const said = (el: HTMLElement) => el.querySelector("[role=status]")?.textContent ?? "";
const isDrawn = (el: HTMLElement) => vi.waitFor(() => expect(el.textContent).toContain("drawn"));
const asked = (kernel: Kernel, count = 1) =>
  vi.waitFor(() => expect(kernel.requests).toHaveLength(count));

describe("plotly.js", () => {
  it("is loaded once for all plots of a page, of several kernels, at once and later", async () => {
    const host = new FakePage();
    const first = await show(host, "first");
    const second = await show(host, "second");
    await Promise.all([isDrawn(first.el), isDrawn(second.el)]);
    const third = await show(new FakePage(), "of another kernel");
    await isDrawn(third.el);
    expect(page.loads).toBe(1);
    const programs = [first, second, third].flatMap(({ kernel }) =>
      kernel.model.sent.filter(({ content }) => content.kind === "program"),
    );
    expect(programs).toHaveLength(1);
  });

  it("leaves the page's own Plotly alone", async () => {
    const other = {};
    page.Plotly = other;
    const { el } = await show(new FakePage());
    await isDrawn(el);
    expect(page.Plotly).toBe(other);
    delete page.Plotly;
  });

  it("shows how much of it has come", async () => {
    const { kernel, el, again } = await show(new FakePage(), "plot", false);
    await asked(kernel);
    expect(said(el)).toBe("Loading the plot …");
    expect(again().hidden).toBe(true);
    expect((el.firstElementChild as HTMLElement).offsetHeight).toBe(HEIGHT);
    const [request = ""] = kernel.requests;
    const [part] = packed;
    kernel.model.deliver({ kind: "program", request, parts: 2 }, part ? [part] : []);
    expect(el.querySelector("progress")?.value).toBe(0.5);
  });

  it("that fails is said, and comes when it is tried again", async () => {
    const { kernel, el, again } = await show(new FakePage(), "plot", false);
    await asked(kernel);
    kernel.sendProgram(kernel.requests[0] ?? "", [new DataView(new ArrayBuffer(9))]);
    await vi.waitFor(() => expect(said(el)).toContain("could not be loaded: "));
    again().click();
    await asked(kernel, 2);
    expect(said(el)).toBe("Loading the plot …");
    kernel.sendProgram(kernel.requests[1] ?? "");
    await isDrawn(el);
    expect((el.firstElementChild as HTMLElement).offsetHeight).toBe(0);
  });

  it("of a silent kernel is waited for; meanwhile it can be asked again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { kernel, el, again } = await show(new FakePage(), "plot", false);
    await vi.advanceTimersByTimeAsync(SILENCE + 1);
    vi.useRealTimers();
    expect(said(el)).toContain("may be busy");
    expect(again().hidden).toBe(false);
    again().click();
    await asked(kernel, 2);
    // The first answer, late, is that of nobody.
    kernel.sendProgram(kernel.requests[0] ?? "");
    kernel.sendProgram(kernel.requests[1] ?? "");
    await isDrawn(el);
    expect(page.loads).toBe(1);
  });

  it("is got by another plot where the one that asked for it is gone", async () => {
    const host = new FakePage();
    const first = await show(host, "first", false);
    const second = await show(host, "second");
    await asked(first.kernel);
    expect(second.kernel.model.sent).toEqual([]);
    first.remove();
    await isDrawn(second.el);
    expect(page.drawn?.map(([call]) => call)).toEqual(["react"]);
    // Nobody listens any more.
    first.kernel.sendProgram(first.kernel.requests[0] ?? "");
    expect(first.kernel.figures).toBe(0);
  });
});

describe("a plot", () => {
  const drawn = (call: string) => page.drawn?.filter(([each]) => each === call) ?? [];

  it("asks for the figure when it can draw it, so that it shows the newest", async () => {
    const { kernel, el } = await show(new FakePage(), "plot", false);
    await asked(kernel);
    kernel.update({ 0: { x: [8] } });
    kernel.update({ 0: { x: [9] } });
    kernel.sendProgram(kernel.requests[0] ?? "");
    await isDrawn(el);
    expect(kernel.figures).toBe(1);
    expect(drawn("react")[0]?.[1]).toEqual([{ x: [3] }]);
    expect(drawn("update")).toEqual([]);
  });

  it("draws updates and answers each; of those that come meanwhile, the newest wins", async () => {
    const { kernel, el } = await show(new FakePage());
    await isDrawn(el);
    await vi.waitFor(() => expect(kernel.model.sent.at(-1)?.content.kind).toBe("drawn"));
    for (const x of [1, 2, 3]) kernel.update({ 0: { x: [x] } }, { "xaxis.range": [0, x] });
    await vi.waitFor(() => expect(drawn("update")).toHaveLength(2));
    expect(drawn("update")).toEqual([
      ["update", { x: [[1]] }, { "xaxis.range": [0, 1] }, [0]],
      ["update", { x: [[3]] }, { "xaxis.range": [0, 3] }, [0]],
    ]);
    const answers = kernel.model.sent.filter(({ content }) => content.kind === "drawn");
    expect(answers.map(({ content }) => content.update)).toEqual([1, 2, 4]);
  });

  it("is as wide as its place, also when that changes", async () => {
    const { el } = await show(new FakePage());
    await isDrawn(el);
    expect(drawn("react")[0]?.[2]).toEqual({ height: HEIGHT, width: 640 });
    el.style.width = "400px";
    const narrow = { width: 400, height: HEIGHT };
    await vi.waitFor(() => expect(drawn("relayout")).toEqual([["relayout", narrow]]));
  });

  it("is no higher than its place allows, also when that changes", async () => {
    const { el } = await show(new FakePage());
    await isDrawn(el);
    el.style.setProperty("--bodyseg-plot-height", "100px");
    el.style.width = "400px";
    const low = { width: 400, height: 100 };
    await vi.waitFor(() => expect(drawn("relayout")).toEqual([["relayout", low]]));
  });

  it("that cannot be drawn says why, and comes when it is tried again", async () => {
    page.broken = true;
    const { el, again } = await show(new FakePage());
    await vi.waitFor(() => expect(said(el)).toBe("The plot could not be drawn: No WebGL"));
    page.broken = false;
    again().click();
    await isDrawn(el);
  });

  it("that is removed is purged, and answers nothing any more", async () => {
    const { kernel, el, remove } = await show(new FakePage());
    await isDrawn(el);
    await vi.waitFor(() => expect(kernel.model.sent.at(-1)?.content.kind).toBe("drawn"));
    remove();
    const { length } = kernel.model.sent;
    kernel.update({ 0: { x: [5] } });
    await new Promise((resolve) => setTimeout(resolve));
    expect(drawn("purge")).toHaveLength(1);
    expect(kernel.model.sent).toHaveLength(length);
  });
});
