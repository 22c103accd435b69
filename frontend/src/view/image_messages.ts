/** What the two halves of an image say to each other. */
import type { RendererName } from "../drawing/look";
import type { Place } from "../kit/place";
import type { ShownSize, Size } from "../kit/size";

/** The canvases of an image: itself, and what is over it. */
export interface ImageInit {
  canvas: OffscreenCanvas;
  overlay: OffscreenCanvas;
}

/** To the worker: what the image is drawn again for. */
export type ImageChange<Look> =
  /** How it is drawn. */
  | { kind: "look"; look: Look }
  /** The size at which it is shown. */
  | { kind: "size"; size: ShownSize }
  /** Whether it is visible; nothing is drawn before. */
  | { kind: "visible"; visible: boolean }
  /** Whether someone reads its pixels, so that it has to have its full size. */
  | { kind: "full_size"; held: boolean }
  /** A canvas in place of the one whose context was lost. */
  | { kind: "canvas"; canvas: OffscreenCanvas };

/** To the worker: whoever reads the pixels knows that they are about to change. */
export interface Ready {
  kind: "ready";
}

/** To the worker: the place that is pointed at in the visible image. */
export interface Pointed {
  kind: "pointer";
  place: Place | null;
}

/** To the page. */
export type ImageNews =
  | { kind: "renderer"; name: RendererName }
  /** The size of the source's images. */
  | { kind: "image"; size: Size }
  /** How much of the image what is over it covers, from the top, in CSS pixels; null for all. */
  | { kind: "overlay"; height: number | null }
  /** What is at the place pointed at; null if nothing is. */
  | { kind: "readout"; readout: Readout | null }
  /** The canvas's context was lost. */
  | { kind: "lost" }
  /** While its full size is held: the image is about to change, once the page is `ready`. */
  | { kind: "drawing" }
  /** While its full size is held: frame `id` is drawn as of the page's `change`th change. */
  | { kind: "drawn"; id: number; change: number };

export interface Readout {
  text: string;
  place: Place;
  /** The frame's number. */
  id: number;
}
