/** Colors as bytes. */

export type Color = readonly [red: number, green: number, blue: number];

/**
 * A color as CSS and `<input type=color>` write it: #rrggbb.
 *
 * @throws if it has another format
 */
export function parseColor(text: string): Color {
  const digits = /^#([0-9a-f]{6})$/i.exec(text)?.[1];
  if (digits === undefined)
    throw new Error(`A color must be written as #rrggbb, but got "${text}".`);
  const all = Number.parseInt(digits, 16);
  return [all >> 16, (all >> 8) & 255, all & 255];
}

/** A color as two lanes of two bytes, see `blur.ts`: opaque, or nothing for null. */
export function packedLanes(color: Color | null): [odd: number, even: number] {
  if (!color) return [0, 0];
  const [red, green, blue] = color;
  return [red | (blue << 16), green | (255 << 16)];
}
