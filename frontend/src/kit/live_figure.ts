/** What a plotly figure needs on the page so that it can be updated while it is in use. */

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

/** A figure as plotly leaves it in the page; what begins with `_` is plotly's own affair. */
export interface Figure extends HTMLElement {
  /** Absent for a moment within updates that lay everything out again. */
  layout?: Layout;
  _fullLayout?: { scene?: { _scene?: { getCamera(): Camera } } };
  _responsiveChartHandler?(): void;
  on(event: "plotly_beforeplot", listener: (plot: [unknown, Layout?, unknown?]) => void): void;
  on(event: "plotly_relayout", listener: (change?: Record<string, unknown>) => void): void;
  emit(event: string, change: Record<string, unknown>): void;
}

/** What plotly makes for each display of a figure. */
export interface FigureView {
  model: { set(name: string, value: unknown): void };
  remove(): void;
  touch(): void;
  _sendTraceDeltas(edit: number): void;
  _sendLayoutDelta(edit: number): void;
}

/** Look after a figure; calling it again does nothing, for each figure's module does. */
export function attend(figure: Figure): void {
  if (figure.dataset.bodysegAttended) return;
  figure.dataset.bodysegAttended = "true";
  keepCamera(figure);
  keepWidth(figure);
}

/**
 * Keep the view as the viewer turns it, also while the mouse button is down.
 *
 * plotly sets the camera to that of the layout with every update, but writes it there only when
 * the button is let go, so updates would undo every turn in the making. On the way the camera is
 * set upright: plotly's own way of keeping it so, the turntable, stands still for half a second
 * after each update.
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
    // plotly compares with the layout and finds nothing to tell, but Python has to know.
    const camera = figure.layout?.scene?.camera;
    if (change && !("scene.camera" in change)) {
      figure.emit("plotly_relayout", { "scene.camera": camera });
    }
  });
}

/** The camera without a tilt to its side, where it does not look straight up or down. */
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
 * Keep the figure as wide as its place; plotly looks only when the whole window changes.
 *
 * The first look comes at once. plotly tells Python of each, so Python hears of every new view.
 */
function keepWidth(figure: Figure): void {
  new ResizeObserver(() => figure._responsiveChartHandler?.()).observe(figure);
}

/**
 * Make all of plotly's views fit for many updates, by way of what they inherit from.
 *
 * - A view that was removed goes on listening and fails with every update, before the views
 *   that are still there get it.
 * - Every update is answered with all of its data and everything plotly takes for granted about
 *   the figure. Python needs the number of the update and no more.
 */
export function tame(views: FigureView): void {
  const removed = new WeakSet<FigureView>();
  const { remove } = views;
  views.remove = function (this: FigureView) {
    removed.add(this);
    remove.call(this);
  };
  views._sendTraceDeltas = function (this: FigureView, edit: number) {
    if (removed.has(this)) return;
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
