/** The label of an image for screen readers. */
import type { View } from "../generated";
import { wordsOf } from "./class_words";

const SHOWN: Record<View, string> = {
  mask: "Image with the mask of",
  heatmap: "Image with the heatmap of",
  "cut-out": "Image cut out with the mask of",
  contour: "Image with the contour of",
  parts: "Image with each class in a color of its own, by",
  people: "Image with each person in a color of their own, by",
  picture: "Image without the mask of",
  effect: "Image with an effect based on the mask of",
};

/** The keys that work on an image. */
export const KEYS =
  "Arrow keys move over it and announce what is there; hold Shift for larger steps. " +
  "Space pauses; comma and period step by one frame.";

/**
 * Describe what an image shows.
 *
 * @param people how many poses were found; null if the model finds none
 * @param heatmapOf the class whose heatmap it is; null if it is a person's, or shows something else
 */
export function imageLabel(
  view: View,
  model: string,
  people: number | null,
  skeletons: boolean,
  heatmapOf: string | null = null,
): string {
  const image = heatmapOf === null ? `${SHOWN[view]} ${model}` : heatmapLabel(heatmapOf, model);
  if (people === null) return image;
  if (people === 0) return `${image}, no one found`;
  if (people === 1) return `${image}, 1 person${skeletons ? " with a skeleton" : ""}`;
  return `${image}, ${people} people${skeletons ? ", each with a skeleton" : ""}`;
}

function heatmapLabel(label: string, model: string): string {
  return `Image with the heatmap of ${wordsOf(label)} by ${model}`;
}
