/** What of a result is drawn: which view of it, and which of its planes. */
import { type ColorTable, classColors, colorTable, personColor } from "../drawing/class_colors";
import type { Colored, Look } from "../drawing/look";
import type { ClassName, Palette } from "../generated";
import { cutoff, type Mask } from "../source/mask";
import type { Pose } from "../source/pose";

interface Found {
  mask: Mask;
  poses: readonly Pose[];
}

/** How a view draws, whatever the results have. */
export interface PlaneLook extends Omit<Look, "colored"> {
  /** The classes of the stream's model; empty for models without classes. */
  classes: readonly ClassName[];
  /** The class whose heatmap is shown; null for a person. */
  heatmapOf: ClassName | null;
  palette: Palette;
}

/**
 * The plane that a view colors; null for other views, and if the result does not have it: for a
 * moment after another model was chosen, it is still the last one's.
 */
export function coloredPlane({ view }: Pick<Look, "view">, mask: Mask): Uint8Array | null {
  if (view === "parts") return mask.labels;
  return view === "people" ? mask.people : null;
}

/** The number of each person: the id, or else the place among them, from 1. */
export function numbersOf(poses: readonly Pose[]): number[] {
  return poses.map(({ id }, at) => id ?? at + 1);
}

/** The classes or people that are seen: the values of their labels, or their numbers. */
export function seenNumbers({ mask, poses }: Found, look: PlaneLook): number[] {
  const plane = coloredPlane(look, mask);
  if (!plane) return [];
  const lowest = cutoff(look.threshold);
  const seen = new Uint8Array(256);
  mask.data.forEach((level, at) => {
    if (level >= lowest) seen[plane[at] ?? 0] = 1;
  });
  const found = [...seen.keys()].filter((number) => seen[number]);
  if (look.view === "parts") return found;
  const numbers = numbersOf(poses);
  return found.filter((place) => place > 0).map((place) => numbers[place - 1] ?? place);
}

/** Says how results are drawn, and keeps the colors while they stay the same. */
export class DrawnLook {
  private table: { key: unknown; colors: ColorTable } | null = null;

  of({ mask, poses }: Found, look: PlaneLook): Look {
    const { view, heatmapOf } = look;
    const plane = coloredPlane(look, mask);
    const colored: Colored | null = plane && { plane, colors: this.colors(poses, look) };
    if ((view === "parts" || view === "people") && !colored)
      return { ...look, view: "mask", colored };
    // Its probability comes with the next result.
    if (view === "heatmap" && heatmapOf && !mask.classLevels.has(heatmapOf.value))
      return { ...look, view: "picture", colored };
    return { ...look, colored };
  }

  private colors(poses: readonly Pose[], look: PlaneLook): ColorTable {
    const { view, classes, palette } = look;
    const numbers = view === "people" ? numbersOf(poses) : null;
    const key = JSON.stringify([palette, numbers ?? classes]);
    if (this.table?.key !== key) {
      const colors = numbers ? peopleColors(numbers, palette) : classColors(classes, palette);
      this.table = { key, colors: colorTable(colors) };
    }
    return this.table.colors;
  }
}

/** The colors of a plane of people. Of those who have no number of their own, it is the place. */
function peopleColors(numbers: readonly number[], palette: Palette) {
  return Array.from(
    { length: 255 },
    (_, at) => [at + 1, personColor(numbers[at] ?? at + 1, palette)] as const,
  );
}

/** The probability that is drawn: of the class whose heatmap is shown, or of a person. */
export function drawnMask(mask: Mask, { view, heatmapOf }: PlaneLook): Mask {
  const data = view === "heatmap" && heatmapOf ? mask.classLevels.get(heatmapOf.value) : null;
  return data ? { ...mask, data } : mask;
}
