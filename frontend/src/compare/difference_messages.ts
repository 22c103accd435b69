/** What the two halves of a difference view say to each other, besides what all images do. */
import type { DifferenceLook, Shares } from "../drawing/difference";
import type { ImageChange, Pointed, Ready } from "../view/image_messages";

export type Member = "a" | "b";

export interface DifferenceImage extends DifferenceLook {
  frameNumber: boolean;
  /** Of the two, for the readout. */
  names: Record<Member, string>;
}

export type DifferenceMessage =
  | ImageChange<DifferenceImage>
  | Pointed
  | Ready
  /** The stream of a side, in place of another one or of another model; null for none. */
  | { kind: "side"; side: Member; stream: string | null };

/** To the page. */
export type DifferenceNews =
  /** Whether a frame of both is there, and whether both finish different frames. */
  | { kind: "pairs"; hasPair: boolean; apart: boolean }
  /** The categories' shares of the image; null while there is none. */
  | { kind: "shares"; shares: Shares | null };
