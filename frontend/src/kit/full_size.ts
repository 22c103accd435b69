/** Whoever reads the pixels of an image asks for its full size: shown small, it is drawn small. */

const FULL_SIZE = "bodyseg-full-size";

/** Have the image in `frame` drawn at its full size until `signal` aborts. */
export function holdFullSize(frame: Element, signal: AbortSignal): void {
  frame.dispatchEvent(new CustomEvent(FULL_SIZE, { bubbles: true, detail: { signal } }));
}

/**
 * Call `changed` when the first one asks for the full size of an image in `root`, and when the last
 * ends.
 */
export function onFullSize(
  root: Element,
  changed: (held: boolean) => void,
  signal: AbortSignal,
): void {
  let holders = 0;
  const hold = (event: Event) => {
    const { signal: held } = (event as CustomEvent<{ signal: AbortSignal }>).detail;
    holders += 1;
    if (holders === 1) changed(true);
    const release = () => {
      holders -= 1;
      if (holders === 0) changed(false);
    };
    held.addEventListener("abort", release, { signal });
  };
  root.addEventListener(FULL_SIZE, hold, { signal });
}
