/** Which views a model's results have. */
import type { Stream } from "../stream/stream";

type Finds = Pick<Stream, "classes" | "tellsPeople">;

/** What a view is called: of a stream, or where there is none. */
export function nameOf(view: string, stream: Pick<Stream, "modelName"> | null): string {
  // "Parts" is upstream's word for BodyPix's classes.
  const word = view === "parts" && stream?.modelName !== "BodyPix" ? "classes" : view;
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function isOffered(view: string, { classes, tellsPeople }: Finds): boolean {
  if (view === "parts") return classes.length > 0;
  return view !== "people" || tellsPeople;
}

/** The view that is shown: the mask, if the model's results do not have the chosen one. */
export function offered<V extends string>(view: V, stream: Finds): V | "mask" {
  return isOffered(view, stream) ? view : "mask";
}
