/** What Python computes of BodyPix, written by `python -m tools.goldens`. */
import { unzlibSync } from "fflate";
import stored from "./goldens.json";

export const goldens = stored;

/** A small network of the kinds of layers that one of BodyPix's architectures has. */
export function network(architecture: keyof typeof stored.networks): Uint8Array {
  const { file } = stored.networks[architecture];
  return unzlibSync(Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)));
}
