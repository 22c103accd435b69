/** Colors as bytes. */

export type Color = readonly [red: number, green: number, blue: number];

/** Color of mask and contour: a teal that stands out from skin, hair and rooms. */
export const TEAL: Color = [0, 163, 163];

/**
 * A color as CSS and `<input type=color>` write it: #rrggbb.
 *
 * @throws where it is written in another way
 */
export function parseColor(text: string): Color {
  const digits = /^#([0-9a-f]{6})$/i.exec(text)?.[1];
  if (digits === undefined)
    throw new Error(`A color must be written as #rrggbb, but got "${text}".`);
  const all = Number.parseInt(digits, 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}
