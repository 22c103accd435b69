/** The layout of the panels in a recorded image. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Arrangement {
  width: number;
  height: number;
  /** The place of each panel's image; titles are in the strip above. */
  places: Box[];
}

/** A layout, scaled and centered. */
export interface Fit {
  scale: number;
  left: number;
  top: number;
}

/** Height of a title. */
export const TITLE_HEIGHT = 26;
/** Between images, and around them. */
const GAP = 8;
/** As much as software encoders can handle beside the models. */
const MAX_PIXELS = 1920 * 1080;

/**
 * Arrange images in the same rows as on the page, without the space between them.
 *
 * @param boxes the images on the page, in its pixels
 * @returns places in the order of the boxes, in the same pixels
 */
export function arrange(boxes: Box[]): Arrangement {
  const places = boxes.map(({ width, height }) => ({
    left: 0,
    top: 0,
    width: Math.round(width),
    height: Math.round(height),
  }));
  let right = 0;
  let bottom = GAP;
  for (const row of rows(boxes)) {
    let left = GAP;
    let lowest = 0;
    for (const index of row) {
      const place = places[index] as Box;
      place.left = left;
      place.top = bottom + TITLE_HEIGHT;
      left += place.width + GAP;
      lowest = Math.max(lowest, place.top + place.height);
    }
    right = Math.max(right, left);
    bottom = lowest + GAP;
  }
  return { width: right, height: bottom, places };
}

/** The boxes' indices, row by row from the top, each row from the left. */
function rows(boxes: Box[]): number[][] {
  const at = (index: number) => boxes[index] as Box;
  const byTop = [...boxes.keys()].sort((a, b) => at(a).top - at(b).top);
  const found: number[][] = [];
  for (const index of byTop) {
    const row = found.at(-1);
    const first = row?.[0];
    // Panels of a row may start at different heights, but above the middle of the first one.
    if (row && first !== undefined && at(index).top < at(first).top + at(first).height / 2)
      row.push(index);
    else found.push([index]);
  }
  for (const row of found) row.sort((a, b) => at(a).left - at(b).left);
  return found;
}

/** The size of a layout's video: even, as encoders require, and limited. */
export function videoSize({ width, height }: { width: number; height: number }): [number, number] {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
  const even = (length: number) => Math.max(2, 2 * Math.round((length * scale) / 2));
  return [even(width), even(height)];
}

/** Fit a layout into a video of fixed size. */
export function fitTo(
  layout: { width: number; height: number },
  width: number,
  height: number,
): Fit {
  const exact = Math.min(width / layout.width, height / layout.height);
  // If they differ only by rounding to even sizes, scale 1 keeps images sharp.
  const scale = Math.abs(exact * layout.width - layout.width) <= 1 ? 1 : exact;
  return {
    scale,
    left: Math.floor((width - layout.width * scale) / 2),
    top: Math.floor((height - layout.height * scale) / 2),
  };
}

/**
 * Break a text into lines.
 *
 * @param measure returns the width of a text
 */
export function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}
