import { describe, expect, it, vi } from "vitest";
import { reportHidden } from "../../src/kit/hidden";
import { type Figure, type FigureView, keepCamera, patchViews } from "../../src/kit/live_figure";

vi.mock("../../src/kit/hidden", () => ({ reportHidden: vi.fn() }));

type Listener = (change: unknown) => void;

const camera = (x: number) => ({
  eye: { x, y: -1, z: 0 },
  up: { x: 0, y: 0, z: 1 },
  center: { x: 0, y: 0, z: 0 },
});

/** As much of a plotly figure as looks after its camera. */
function fakeFigure() {
  const listeners: Record<string, Listener[]> = {};
  const told: unknown[] = [];
  const figure = {
    layout: { scene: { camera: camera(0) } } as Figure["layout"],
    now: camera(0),
    _fullLayout: { scene: { _scene: { getCamera: () => figure.now } } },
    on: (event: string, listener: Listener) => {
      listeners[event] = [...(listeners[event] ?? []), listener];
    },
    emit: (event: string, change: unknown) => {
      if (event === "plotly_relayout") told.push(change);
      for (const listener of listeners[event] ?? []) listener(change);
    },
  };
  keepCamera(figure as unknown as Figure);
  const update = (layout = figure.layout) => figure.emit("plotly_beforeplot", [[], layout]);
  return { figure, told, update };
}

describe("the camera", () => {
  it("goes into the layout before an update, which would turn it back otherwise", () => {
    const { figure, update } = fakeFigure();
    figure.now = camera(2);
    update();
    expect(figure.layout?.scene?.camera).toEqual(camera(2));
  });

  it("goes into the layout that an update lays out again, too", () => {
    const { figure, update } = fakeFigure();
    const { layout } = figure;
    figure.now = camera(2);
    delete (figure as { layout?: unknown }).layout;
    update(layout);
    expect(layout?.scene?.camera).toEqual(camera(2));
  });

  it("is told to Python once it is let go", () => {
    const { figure, told, update } = fakeFigure();
    figure.now = camera(2);
    update();
    figure.emit("plotly_relayout", {});
    expect(told).toEqual([{}, { "scene.camera": camera(2) }]);
    figure.emit("plotly_relayout", {});
    expect(told).toHaveLength(3);
  });

  it("is not told again where plotly has told it", () => {
    const { figure, told, update } = fakeFigure();
    figure.now = camera(2);
    update();
    figure.emit("plotly_relayout", { "scene.camera": camera(3) });
    expect(told).toHaveLength(1);
  });

  it("counts as still while it moves by rounding only", () => {
    const { figure, told, update } = fakeFigure();
    figure.now = camera(1e-12);
    update();
    figure.emit("plotly_relayout", {});
    expect(figure.layout?.scene?.camera).toEqual(camera(0));
    expect(told).toHaveLength(1);
  });

  it("is set upright, for a body that leans would be hard to read", () => {
    const { figure, update } = fakeFigure();
    figure.now = { ...camera(2), up: { x: 0.3, y: 0, z: 0.9 } };
    update();
    expect(figure.layout?.scene?.camera?.up).toEqual({ x: 0, y: 0, z: 1 });
  });

  it("keeps its own up where it looks down from above", () => {
    const { figure, update } = fakeFigure();
    const above = { ...camera(0), eye: { x: 0, y: 0.01, z: 2 }, up: { x: 0, y: 1, z: 0 } };
    figure.now = above;
    update();
    expect(figure.layout?.scene?.camera).toEqual(above);
  });

  it("is left alone in figures without 3D", () => {
    const { figure, update } = fakeFigure();
    figure.layout = {};
    update();
    expect(figure.layout).toEqual({});
  });
});

describe("views", () => {
  const make = () => {
    const drawn = vi.fn();
    const purged = vi.fn();
    class View {
      el = {};
      model = { set: vi.fn(), model: {} };
      touch = vi.fn();
      remove() {
        purged();
      }
      do_update() {
        drawn();
      }
      _sendTraceDeltas(_: number) {}
      _sendLayoutDelta(_: number) {
        throw new Error("not wanted");
      }
    }
    patchViews(View.prototype as unknown as FigureView);
    return { view: new View(), drawn, purged };
  };

  it("draw updates while they are there, and none once they are removed", () => {
    const { view, drawn, purged } = make();
    view.do_update();
    view.remove();
    view.do_update();
    view._sendTraceDeltas(3);
    expect(drawn).toHaveBeenCalledTimes(1);
    expect(purged).toHaveBeenCalledTimes(1);
    expect(view.model.set).not.toHaveBeenCalled();
  });

  it("say whether they can be seen, from their first answer until they are removed", () => {
    const { view } = make();
    vi.mocked(reportHidden).mockClear();
    view._sendTraceDeltas(1);
    view._sendTraceDeltas(2);
    expect(reportHidden).toHaveBeenCalledTimes(1);
    const [model, element, signal] = vi.mocked(reportHidden).mock.calls[0] ?? [];
    expect([model, element]).toEqual([view.model.model, view.el]);
    expect(signal?.aborted).toBe(false);
    view.remove();
    expect(signal?.aborted).toBe(true);
  });

  it("answer an update with its number alone", () => {
    const { view } = make();
    view._sendTraceDeltas(7);
    view._sendLayoutDelta(7);
    const answer = { trace_deltas: [], trace_edit_id: 7 };
    expect(view.model.set.mock.calls).toEqual([["_js2py_traceDeltas", answer]]);
    expect(view.touch).toHaveBeenCalledTimes(1);
  });
});
