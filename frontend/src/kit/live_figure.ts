/** Fixes that plotly figures need to be updated while in use. */

import { type Hideable, reportHidden } from "./hidden";

interface Place {
  x: number;
  y: number;
  z: number;
}
interface Camera {
  eye: Place;
  up: Place;
  center: Place;
}
interface Layout {
  scene?: { camera?: Camera };
}

/** A figure as plotly renders it; names with `_` are plotly's internals. */
export interface Figure extends HTMLElement {
  /** Temporarily absent during updates that change the whole layout. */
  layout?: Layout;
  _fullLayout?: { scene?: { _scene?: { getCamera(): Camera } } };
  _responsiveChartHandler?(): void;
  on(event: "plotly_beforeplot", listener: (plot: [unknown, Layout?, unknown?]) => void): void;
  on(event: "plotly_relayout", listener: (change?: Record<string, unknown>) => void): void;
  emit(event: string, change: Record<string, unknown>): void;
}

/** What plotly makes for each display of a figure. */
export interface FigureView {
  el: Element;
  /** plotly's own, around that of the widget. */
  model: { model: Hideable; set(name: string, value: unknown): void };
  remove(): void;
  touch(): void;
  _sendTraceDeltas(edit: number): void;
  _sendLayoutDelta(edit: number): void;
}

/** Set up a figure once: each figure's module calls this. */
export function setUpFigure(figure: Figure): void {
  if (figure.dataset.bodysegAttended) return;
  figure.dataset.bodysegAttended = "true";
  keepCamera(figure);
  keepWidth(figure);
}

/**
 * Keep the user's camera during updates, also while the mouse button is down. plotly resets the
 * camera to the layout's with every update but writes it there only on mouse up, so updates would
 * undo a rotation in progress. The camera is also kept upright here: plotly's turntable mode
 * freezes for half a second after each update.
 */
export function keepCamera(figure: Figure): void {
  let turned = false;
  figure.on("plotly_beforeplot", ([, layout]) => {
    const scene = (figure.layout ?? layout)?.scene;
    const camera = upright(figure._fullLayout?.scene?._scene?.getCamera());
    if (!scene || !camera || (scene.camera && isSame(camera, scene.camera))) return;
    scene.camera = camera;
    turned = true;
  });
  figure.on("plotly_relayout", (change) => {
    if (!turned) return;
    turned = false;
    // plotly sees no change from the layout, but Python has to know.
    const camera = figure.layout?.scene?.camera;
    if (change && !("scene.camera" in change)) {
      figure.emit("plotly_relayout", { "scene.camera": camera });
    }
  });
}

/** The camera without roll, unless it looks straight up or down. */
function upright(camera?: Camera): Camera | undefined {
  if (!camera) return camera;
  const { eye, center } = camera;
  const level = Math.hypot(eye.x - center.x, eye.y - center.y);
  const steep = Math.abs(eye.z - center.z) > 10 * level;
  return steep ? camera : { ...camera, up: { x: 0, y: 0, z: 1 } };
}

/** Whether two cameras differ by no more than plotly's rounding. */
function isSame(one: Camera, other: Partial<Camera>): boolean {
  return (["eye", "up", "center"] as const).every((name) => {
    const [a, b] = [one[name], other[name]];
    return b && Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) < 1e-6;
  });
}

/**
 * Keep the figure as wide as its container; plotly only observes the window. It also runs at once,
 * and plotly reports each run, so Python learns of every new view.
 */
function keepWidth(figure: Figure): void {
  new ResizeObserver(() => figure._responsiveChartHandler?.()).observe(figure);
}

/**
 * Patch the prototype of plotly's views for frequent updates. A removed view keeps listening and
 * fails on every update before the remaining views get it. Every update is answered with all of its
 * data and plotly's defaults; Python only needs its number. And no view says whether it can be seen.
 */
export function patchViews(views: FigureView): void {
  const removed = new WeakSet<FigureView>();
  const displays = new WeakMap<FigureView, AbortController>();
  const { remove } = views;
  const report = (view: FigureView) => {
    if (displays.has(view)) return;
    const display = new AbortController();
    displays.set(view, display);
    reportHidden(view.model.model, view.el, display.signal);
  };
  views.remove = function (this: FigureView) {
    removed.add(this);
    displays.get(this)?.abort();
    remove.call(this);
  };
  views._sendTraceDeltas = function (this: FigureView, edit: number) {
    if (removed.has(this)) return;
    // Not when it is rendered: that may be before this patch.
    report(this);
    this.model.set("_js2py_traceDeltas", { trace_deltas: [], trace_edit_id: edit });
    this.touch();
  };
  views._sendLayoutDelta = () => undefined;
  const methods = views as unknown as Record<string, (this: FigureView) => void>;
  for (const name of Object.getOwnPropertyNames(views)) {
    const act = methods[name];
    if (!name.startsWith("do_") || !act) continue;
    methods[name] = function (this: FigureView) {
      if (!removed.has(this)) act.call(this);
    };
  }
}
