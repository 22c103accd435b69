/** The colors of classes, such as body parts, and of people: Python's `class_colors`. */
import { BACKGROUND, type ClassName, PALETTES, type Palette, PERSON_LEAP } from "../generated";
import { type Color, parseColor } from "./color";

/** The color of each class by its value; of the background, there is none. */
export function classColors(
  classes: readonly ClassName[],
  palette: Palette,
): ReadonlyMap<number, Color> {
  const colors = PALETTES[palette];
  const drawn = classes.filter(({ name }) => name.trim().toLowerCase() !== BACKGROUND);
  const [many, few] = [colors.length, drawn.length];
  const placeOf = (at: number) => (few > many ? at % many : Math.floor((at * many) / few));
  return new Map(drawn.map(({ value }, at) => [value, parseColor(colors[placeOf(at)] ?? "")]));
}

/**
 * The color of one of several people.
 *
 * @param number the id, or a place among the people, from 1
 */
export function personColor(number: number, palette: Palette): Color {
  const colors = PALETTES[palette];
  const at = (1 + PERSON_LEAP * (number - 1)) % colors.length;
  return parseColor(colors[at] ?? "");
}

/** What each number of a plane is drawn in: 256 RGBA colors, of which some are transparent. */
export type ColorTable = Uint8Array<ArrayBuffer>;

export function colorTable(colors: Iterable<readonly [number: number, color: Color]>): ColorTable {
  const table = new Uint8Array(4 * 256);
  for (const [number, color] of colors) table.set([...color, 255], 4 * number);
  return table;
}
