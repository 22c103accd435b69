/** What the source picker offers. */
import { type CameraDevice, type Origin, type PageSource, SAMPLES } from "../generated";

/** Prefixes of values; other values are names of sources. */
export const CAMERA = "camera:";
export const CHOOSE = "choose:";

export interface Choice {
  label: string;
  value: string;
}

/** What the choices depend on: the traits of a `Webcam`. */
export interface Offer {
  source: Origin;
  devices: readonly CameraDevice[];
  /** The chosen camera; empty for the browser's own choice. */
  device: string;
  path: string;
  /** The label of images given in Python; empty if there are none. */
  images: string;
  hasStream: boolean;
  mayOpen: readonly PageSource[];
}

/** List the choices: what may be opened, what Python gave, and what is shown now. */
export function sourceChoices(offer: Offer): Choice[] {
  const { source, path, images, hasStream, mayOpen } = offer;
  const may = (kind: PageSource) => mayOpen.includes(kind);
  const choices: [isOffered: boolean, label: string, value: string][] = [
    ...cameras(offer).map(({ label, value }): [boolean, string, string] => [
      may("camera") || source === "camera",
      label,
      value,
    ]),
    [may("screen"), "Screen or window", "screen"],
    [path !== "", `File: ${fileName(path)}`, "file"],
    [may("kernel camera"), "Camera on the kernel's computer", "kernel camera"],
    [images !== "", images, "python"],
    [hasStream, "ipywebrtc stream", "stream"],
    [may("sample"), "Sample image", "sample"],
    ...SAMPLES.map((name): [boolean, string, string] => [may("sample"), `Sample: ${name}`, name]),
    // Last, because arrow keys in the picker cannot pass entries that open a dialog.
    [may("path") || may("url"), "Path or URL…", `${CHOOSE}path`],
    [may("upload"), "File on this computer…", `${CHOOSE}file`],
  ];
  return choices
    .filter(([isOffered, , value]) => isOffered || value === source)
    .map(([, label, value]) => ({ label, value }));
}

function cameras({ devices, device }: Offer): Choice[] {
  const known = devices.map(({ id, label }) => ({ label: `Camera: ${label}`, value: CAMERA + id }));
  const isKnown = device === "" || devices.some(({ id }) => id === device);
  const missing = { label: "Camera: not connected", value: CAMERA + device };
  return [{ label: "Camera: default", value: CAMERA }, ...known, ...(isKnown ? [] : [missing])];
}

/** The last part of a path or URL. */
function fileName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}
