/** What Python computes of one picture, written by `python -m tools.goldens`. */
import { unzlibSync } from "fflate";
import type { Picture } from "../../src/inference/warp";
import selfie from "./selfie.json";

/** Probabilities are stored in steps of this. */
export const STEP = 1 / 65_535;

export const SELFIE_MODELS = ["general", "landscape"] as const;

export type SelfieModel = (typeof SELFIE_MODELS)[number];

/** Input sizes, by model. */
export const SIZES = {
  general: { width: 256, height: 256 },
  landscape: { width: 256, height: 144 },
} as const;

export function picture(): Picture {
  const { width, height } = selfie;
  const rgb = unpacked(selfie.picture);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  rgb.forEach((value, index) => {
    data[Math.floor(index / 3) * 4 + (index % 3)] = value;
  });
  return { data, width, height };
}

/** The SHA-256 of the network's input, 8 bits each. */
export function inputDigest(model: SelfieModel): string {
  return selfie.models[model].input;
}

export function probability(model: SelfieModel): Float32Array {
  const bytes = unpacked(selfie.models[model].probability);
  const steps = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  return Float32Array.from(steps, (each) => each * STEP);
}

export function levels(model: SelfieModel): Uint8Array {
  return unpacked(selfie.models[model].levels);
}

export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The largest difference between numbers at the same place. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let index = 0; index < a.length; index += 1)
    most = Math.max(most, Math.abs((a[index] ?? 0) - (b[index] ?? 0)));
  return most;
}

function unpacked(text: string): Uint8Array<ArrayBuffer> {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  // A copy, whose numbers begin at an even address.
  return new Uint8Array(unzlibSync(packed));
}
