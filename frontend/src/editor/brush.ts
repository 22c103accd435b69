/** A brush on a mask, to the pixel. */

/** A pixel, by its column and row. */
export interface Pixel {
  x: number;
  y: number;
}

/** A rectangle of pixels; right and bottom are the first ones beyond it. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A plane of bytes, row by row. */
export interface Plane {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * Call `visit` with each pixel that a brush paints on its way from one pixel to another: those of
 * which the center is at most `size / 2` away from the line between the two pixels' centers.
 *
 * All numbers are whole, so nothing depends on how anything is rounded.
 *
 * @param size the brush's diameter in pixels
 * @param visit gets the index of a pixel in the plane
 * @returns where it may have painted; null if that is all outside of the plane
 */
export function brushed(
  from: Pixel,
  to: Pixel,
  size: number,
  { width, height }: Pick<Plane, "width" | "height">,
  visit: (index: number) => void,
): Rect | null {
  const reach = Math.floor(size / 2);
  const left = Math.max(0, Math.min(from.x, to.x) - reach);
  const right = Math.min(width, Math.max(from.x, to.x) + reach + 1);
  const top = Math.max(0, Math.min(from.y, to.y) - reach);
  const bottom = Math.min(height, Math.max(from.y, to.y) + reach + 1);
  if (left >= right || top >= bottom) return null;
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1)
      if (isReached({ x, y }, from, to, size)) visit(y * width + x);
  return { left, top, right, bottom };
}

function isReached({ x, y }: Pixel, from: Pixel, to: Pixel, size: number): boolean {
  const [lineX, lineY] = [to.x - from.x, to.y - from.y];
  const [awayX, awayY] = [x - from.x, y - from.y];
  const square = lineX * lineX + lineY * lineY;
  // How far along the line it is, times the line's length.
  const along = awayX * lineX + awayY * lineY;
  if (along > 0 && along < square) {
    const across = lineX * awayY - lineY * awayX;
    return 4 * across * across <= size * size * square;
  }
  const [x2, y2] = along > 0 ? [x - to.x, y - to.y] : [awayX, awayY];
  return 4 * (x2 * x2 + y2 * y2) <= size * size;
}

/** The smallest rectangle around both. */
export function around(one: Rect | null, other: Rect | null): Rect | null {
  if (!(one && other)) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}
