/** What the two halves of a view say to each other, besides what all images do. */
import type {
  BackgroundChange,
  BackgroundFrame,
  EffectNews,
  ShownEffect,
} from "../effects/effect_messages";
import type { Topology, View } from "../generated";
import type { PlaneLook } from "./drawn_look";
import type { ImageChange, ImageInit, Pointed, Ready } from "./image_messages";

export interface ViewInit extends ImageInit {
  /** The ids of the view and of its stream. */
  view: string;
  stream: string;
}

export interface ViewLook extends PlaneLook {
  /** The shown effect; null for other views, and if there is none of its name. */
  effect: ShownEffect | null;
  /** The keypoints of the stream's poses; null for models without poses. */
  topology: Topology | null;
  skeleton: boolean;
  scoreThreshold: number;
  frameNumber: boolean;
}

export type ViewMessage =
  | ImageChange<ViewLook>
  | Pointed
  | Ready
  | BackgroundChange
  | BackgroundFrame;

/** To the page. */
export type ViewNews =
  | EffectNews
  /** How many people the shown result has, and whether no one has been found for a while. */
  | { kind: "people"; count: number; noOneFound: boolean }
  /** Which classes or people the views "parts" and "people" show: values of labels, or numbers. */
  | { kind: "seen"; view: View; numbers: number[] }
  /** Nothing is shown any more. */
  | { kind: "cleared" };
