/** Where in an image a person points, with a pointer or with the arrow keys. */

/** In shares of what is seen, from the top left. */
export interface Place {
  x: number;
  y: number;
}

/** Where in `frame` a pointer is; where it is captured and has left, at the nearest edge. */
export function placeIn(frame: HTMLElement, { clientX, clientY }: PointerEvent): Place {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
}

function within(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

/** How far an arrow key goes, and with Shift. */
const STEP = 0.01;
const LEAP = 0.1;

/**
 * Call `pointed` with each place in `frame` that is pointed at, and with null when none is; say
 * with it whether a key moved there.
 *
 * The keys work where the image, a canvas in the frame, has the focus.
 */
export function onPointer(
  frame: HTMLElement,
  pointed: (place: Place | null, byKey: boolean) => void,
  signal: AbortSignal,
): void {
  let last: Place | null = null;
  const move = (place: Place, byKey: boolean) => {
    last = place;
    pointed(last, byKey);
  };
  const leave = () => {
    last = null;
    pointed(null, false);
  };
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => frame.addEventListener(type, listener, { signal });

  listen("pointermove", (event) => move(placeIn(frame, event), false));
  listen("pointerleave", leave);
  listen("focusout", leave);
  listen("keydown", (event) => {
    if (!(event.target instanceof HTMLCanvasElement)) return;
    const step = event.shiftKey ? LEAP : STEP;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const by = moves[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = last ?? { x: 0.5, y: 0.5 };
    move({ x: within(x + by[0]), y: within(y + by[1]) }, true);
  });
}
