/** A line across an image. */

import type { Place } from "../kit/place";
import { svgElement } from "../kit/svg";

/** Its ends A and B, in fractions of the unmirrored image. */
export interface Line {
  a: Place;
  b: Place;
}

export type End = keyof Line;

/** Read a line from a trait: x and y of A, x and y of B; empty for none. */
export function lineOf([ax, ay, bx, by]: readonly number[]): Line | null {
  if (ax === undefined || ay === undefined || bx === undefined || by === undefined) return null;
  return { a: { x: ax, y: ay }, b: { x: bx, y: by } };
}

/** Finer than a pixel. */
const DIGITS = 4;

/** The inverse of `lineOf`. */
export function numbersOf({ a, b }: Line): number[] {
  return [a.x, a.y, b.x, b.y].map((share) => Number(share.toFixed(DIGITS)));
}

/** Convert a place between the mirrored and the unmirrored image. */
export function mirrored({ x, y }: Place, mirror: boolean): Place {
  return { x: mirror ? 1 - x : x, y };
}

/** The end nearest to a place, within `reach` in an image of this size. */
export function endAt(
  line: Line,
  place: Place,
  size: { width: number; height: number },
  reach: number,
): End | null {
  const far = (end: End) =>
    Math.hypot((line[end].x - place.x) * size.width, (line[end].y - place.y) * size.height);
  const nearest = far("a") <= far("b") ? "a" : "b";
  return far(nearest) <= reach ? nearest : null;
}

/** Of a handle, in CSS pixels. */
const RADIUS = 8;

/** The line over the image; in percent, so that it resizes with the image. */
export class LineLayer {
  readonly svg = svgElement("svg", { class: "bodyseg-line", "aria-hidden": "true" });
  /** Dark under white, so that it is visible on any image. */
  private readonly strokes = ["bodyseg-casing", "bodyseg-stroke"].map((name) =>
    svgElement("line", { class: name }),
  );
  private readonly handles = {
    a: svgElement("circle", { r: String(RADIUS) }),
    b: svgElement("circle", { r: String(RADIUS) }),
  };
  private readonly letters = {
    a: svgElement("text", { dy: "0.35em" }),
    b: svgElement("text", { dy: "0.35em" }),
  };

  constructor() {
    this.letters.a.textContent = "A";
    this.letters.b.textContent = "B";
    const { a, b } = this.handles;
    this.svg.append(...this.strokes, b, this.letters.b, a, this.letters.a);
  }

  /** Show a line, in fractions of the visible image; null for none. */
  show(line: Line | null): void {
    this.svg.toggleAttribute("hidden", line === null);
    if (!line) return;
    const percent = (share: number) => `${100 * share}%`;
    for (const stroke of this.strokes) {
      stroke.setAttribute("x1", percent(line.a.x));
      stroke.setAttribute("y1", percent(line.a.y));
      stroke.setAttribute("x2", percent(line.b.x));
      stroke.setAttribute("y2", percent(line.b.y));
    }
    for (const end of ["a", "b"] as const) {
      const { x, y } = line[end];
      this.handles[end].setAttribute("cx", percent(x));
      this.handles[end].setAttribute("cy", percent(y));
      this.letters[end].setAttribute("x", percent(x));
      this.letters[end].setAttribute("y", percent(y));
    }
  }
}
