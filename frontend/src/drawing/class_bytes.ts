/** What effects draw of a model's classes, on bytes: `blur_body_part` and `to_colored_mask`. */
import { cutoff } from "../source/mask";
import type { Lanes } from "./blur";
import { type Color, packedLanes } from "./color";
import type { ShownClass } from "./effect";
import type { Split } from "./effect_bytes";

/** A mask's levels and labels at the pixels of an image. */
export interface LabelledLevels {
  levels: Uint8Array;
  labels: Uint8Array;
  width: number;
}

/** Which of the 256 labels are those of these classes. */
export function wantedLabels(classes: readonly ShownClass[]): Uint8Array {
  const wanted = new Uint8Array(256);
  for (const { value } of classes) wanted[value] = 1;
  return wanted;
}

/**
 * Write how much of each pixel stays as it is: nothing of the classes, except for their outline.
 *
 * @param alpha the output, 0 or 255
 */
export function keepOthers(
  { levels, labels, width }: LabelledLevels,
  threshold: number,
  classes: readonly ShownClass[],
  alpha: Lanes,
): void {
  const lowest = cutoff(threshold);
  const wanted = wantedLabels(classes);
  const isPart = (at: number) => levels[at]! >= lowest && wanted[labels[at]!] === 1;
  const height = alpha.length / width;
  for (let y = 0; y < height; y += 1) {
    // A part may continue beyond the image's edges.
    const up = y > 0 ? -width : 0;
    const down = y + 1 < height ? width : 0;
    const row = y * width;
    for (let x = 0; x < width; x += 1) {
      const at = row + x;
      const isInside =
        isPart(at) &&
        isPart(at + up) &&
        isPart(at + down) &&
        (x === 0 || isPart(at - 1)) &&
        (x + 1 === width || isPart(at + 1));
      alpha[at] = isInside ? 0 : 255;
    }
  }
}

/**
 * Write the color of each pixel's class.
 *
 * @param rest the color of everything else; null for transparent
 * @param to the colors, multiplied by their alpha
 */
export function coverClasses(
  { levels, labels }: LabelledLevels,
  threshold: number,
  classes: readonly ShownClass[],
  rest: Color | null,
  to: Split,
): void {
  const lowest = cutoff(threshold);
  const outside = packedLanes(rest);
  const odd = new Int32Array(256).fill(outside[0]);
  const even = new Int32Array(256).fill(outside[1]);
  for (const { value, color } of classes) {
    const [first, second] = packedLanes(color);
    odd[value] = first;
    even[value] = second;
  }
  for (let index = 0; index < to.odd.length; index += 1) {
    const isPerson = levels[index]! >= lowest;
    const label = labels[index]!;
    to.odd[index] = isPerson ? odd[label]! : outside[0];
    to.even[index] = isPerson ? even[label]! : outside[1];
  }
}
