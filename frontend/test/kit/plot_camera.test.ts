import { describe, expect, it } from "vitest";
import { type Figure, keepCamera } from "../../src/kit/plot_camera";

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
      for (const listener of listeners[event] ?? []) listener(change);
    },
  };
  const take = keepCamera(figure as unknown as Figure, (moved) => told.push(moved));
  const update = (layout = figure.layout) => figure.emit("plotly_beforeplot", [[], layout]);
  return { figure, told, update, take };
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
    expect(told).toEqual([camera(2)]);
    figure.emit("plotly_relayout", {});
    expect(told).toHaveLength(1);
  });

  it("is told as plotly tells it", () => {
    const { figure, told, update } = fakeFigure();
    figure.now = camera(2);
    update();
    figure.emit("plotly_relayout", { "scene.camera": camera(3) });
    expect(told).toEqual([camera(3)]);
  });

  it("counts as still while it moves by rounding only", () => {
    const { figure, told, update } = fakeFigure();
    figure.now = camera(1e-12);
    update();
    figure.emit("plotly_relayout", {});
    expect(figure.layout?.scene?.camera).toEqual(camera(0));
    expect(told).toEqual([]);
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

  it("is Python's where Python gives one", () => {
    const { figure, told, update, take } = fakeFigure();
    figure.now = camera(2);
    take();
    update();
    expect(figure.layout?.scene?.camera).toEqual(camera(0));
    expect(told).toEqual([]);
    update();
    expect(figure.layout?.scene?.camera).toEqual(camera(2));
  });
});
