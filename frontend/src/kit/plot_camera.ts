/** The camera of a plot in space, which stays the user's while the plot is updated. */

interface Place {
  x: number;
  y: number;
  z: number;
}
export interface Camera {
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
  on(event: "plotly_beforeplot", listener: (plot: [unknown, Layout?, unknown?]) => void): void;
  on(event: "plotly_relayout", listener: (change?: Record<string, unknown>) => void): void;
}

/**
 * Keep the user's camera during updates, also while the mouse button is down. plotly resets the
 * camera to the layout's with every update but writes it there only on mouse up, so updates would
 * undo a rotation in progress. The camera is also kept upright here: plotly's turntable mode
 * freezes for half a second after each update.
 *
 * @param moved called with where the user has left the camera
 * @returns what to call before Python's own camera is to be taken over
 */
export function keepCamera(figure: Figure, moved: (camera: Camera) => void): () => void {
  let turned = false;
  let isGiven = false;
  figure.on("plotly_beforeplot", ([, layout]) => {
    const scene = (figure.layout ?? layout)?.scene;
    const camera = upright(figure._fullLayout?.scene?._scene?.getCamera());
    if (isGiven || !scene || !camera || (scene.camera && isSame(camera, scene.camera))) {
      isGiven = false;
      return;
    }
    scene.camera = camera;
    turned = true;
  });
  figure.on("plotly_relayout", (change) => {
    const told = change?.["scene.camera"] as Camera | undefined;
    // plotly sees no change from the layout, but Python has to know.
    const camera = told ?? (turned ? figure.layout?.scene?.camera : undefined);
    turned = false;
    if (camera) moved(camera);
  });
  return () => {
    isGiven = true;
  };
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
