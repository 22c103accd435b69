/** What is said of a pixel of a view. */
import type { ClassName } from "../../generated";
import { cutoff, numberAt, probabilityAt } from "../../source/mask";
import type { Answered } from "../../source/worker/answered";
import { wordsOf } from "../class_words";

const percent = (probability: number) => `${Math.round(100 * probability)} %`;

/** What is looked at. */
export interface PixelLook {
  threshold: number;
  /** The model's; empty if it has none. */
  classes: readonly ClassName[];
  /** The class whose heatmap is shown; null if it is that of a person. */
  heatmapOf: ClassName | null;
}

/**
 * Name the class and the person at a place, with the probability of a person; in the heatmap of a
 * class, that class with its own. Where there is no one, or nothing has a name, it is a number.
 *
 * @param u 0 at the left edge of the image, 1 at its right edge
 * @param v 0 at the top edge, 1 at the bottom edge
 */
export function describePixel(
  { mask, poses }: Pick<Answered, "mask" | "poses">,
  u: number,
  v: number,
  { threshold, classes, heatmapOf }: PixelLook,
): string {
  const levels = heatmapOf && mask.classLevels.get(heatmapOf.value);
  if (heatmapOf && levels) {
    const own = probabilityAt({ ...mask, data: levels }, u, v);
    return `${wordsOf(heatmapOf.name)}, ${percent(own)}`;
  }
  const probability = probabilityAt(mask, u, v);
  const isPerson = Math.round(255 * probability) >= cutoff(threshold);
  const named = isPerson ? [className(), personName()].filter((each) => each !== null) : [];
  if (named.length === 0) return `p = ${probability.toFixed(2)}`;
  return [...named, percent(probability)].join(", ");

  function className(): string | null {
    const value = mask.labels && numberAt(mask, mask.labels, u, v);
    const found = classes.find((each) => each.value === value);
    return found ? wordsOf(found.name) : null;
  }

  function personName(): string | null {
    const place = mask.people ? numberAt(mask, mask.people, u, v) : 0;
    return place ? `person ${poses[place - 1]?.id ?? place}` : null;
  }
}
