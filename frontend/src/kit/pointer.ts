/** The place in an image that the pointer or the arrow keys point at. */
import type { Place } from "./place";

/** The pointer's place in `frame`; a captured pointer outside of it is at the nearest edge. */
export function placeIn(frame: HTMLElement, { clientX, clientY }: PointerEvent): Place {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
}

function within(share: number): number {
  return Math.min(Math.max(share, 0), 1);
}

/** How far an arrow key moves, and with Shift. */
const STEP = 0.01;
const LEAP = 0.1;

/**
 * Call `pointed` with each place in `frame` that is pointed at, or null for none, and whether a key
 * moved there. Keys work while the image, a canvas in the frame, has the focus. The place that they
 * have moved to stays until the pointer is moved over the image: where only the page moves below a
 * pointer that rests, browsers say that it moves, comes and goes, too.
 */
export function onPointer(
  frame: HTMLElement,
  pointed: (place: Place | null, byKey: boolean) => void,
  signal: AbortSignal,
): void {
  let last: Place | null = null;
  let isOfKeys = false;
  let pointer = "";
  const move = (place: Place, byKey: boolean) => {
    last = place;
    isOfKeys = byKey;
    pointed(last, byKey);
  };
  const leave = () => {
    last = null;
    isOfKeys = false;
    pointed(null, false);
  };
  /** Note where the pointer is on the screen; return whether it was elsewhere before. */
  const isElsewhere = ({ screenX, screenY }: PointerEvent) => {
    const before = pointer;
    pointer = `${screenX} ${screenY}`;
    return pointer !== before;
  };
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => frame.addEventListener(type, listener, { signal });

  listen("pointerenter", isElsewhere);
  listen("pointermove", (event) => {
    if (isElsewhere(event) || !isOfKeys) move(placeIn(frame, event), false);
  });
  listen("pointerleave", () => {
    if (!isOfKeys) leave();
  });
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
