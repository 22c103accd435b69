/**
 * Inputs of stages, as `tools/pose_goldens.py` computes them, and networks that return what a script
 * says.
 */

import type { Network } from "../../../src/inference/network";
import { ssdAnchors } from "../../../src/inference/pose/detection";
import type { Picture } from "../../../src/inference/warp";
import stored from "./goldens.json";

export const goldens = stored;

/** A person that the scripted detector finds, in shares of its input. */
interface Detected {
  x: number;
  y: number;
  /** From the hips to the circle around the body. */
  up: number;
  logit: number;
}

/** What the scripted landmark network returns of one ROI. */
interface Person {
  seed: number;
  legs: boolean;
  presence: number;
  /** How far all landmarks are from those of the seed, in its pixels. */
  drift: number;
  /** Whether one of its numbers is not finite. */
  broken: boolean;
}

/** Of long lists, every so many are stored. */
export const LEVEL_STEP = 997;
export const PLACES_STEP = 37;
export const MASK_STEP = 7;
export const KEYPOINT_STEP = 3;

/** Numbers from 0 to 1 that look random: a hash of their index. */
export function numbers(count: number, seed: number): Float32Array {
  const factors = [
    [2654435761, 15],
    [2246822519, 13],
    [3266489917, 16],
  ] as const;
  return Float32Array.from({ length: count }, (_, index) => {
    let mixed = index + 1 + seed * 65537;
    for (const [factor, shift] of factors) {
      mixed = Math.imul(mixed, factor);
      mixed ^= mixed >>> shift;
    }
    return (mixed >>> 0) / 2 ** 32;
  });
}

/** An image with soft and hard edges, in each channel others. */
export function picture(width: number, height: number, shift = 0): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 4; channel += 1)
        data[(y * width + x) * 4 + channel] =
          channel === 3 ? 255 : (x * 5 + y * 3 + ((x * y) >> 4) + shift + 80 * channel) & 255;
  return { data, width, height };
}

/** The logits of a round mask, 256 x 256, whose place depends on the seed. */
export function maskLogits(seed: number): Float32Array {
  return Float32Array.from({ length: 256 * 256 }, (_, index) => {
    const [x, y] = [(index % 256) - 118 - 7 * (seed % 4), (index >> 8) - 128];
    return 20 - (x * x + y * y) / 300;
  });
}

/** Returns what a script says, whatever it sees. */
export class ScriptedNetwork implements Network {
  readonly outputs = [];
  readonly input: number[];
  script: Float32Array[][] = [];
  seen: Float32Array = new Float32Array();
  isDisposed = false;

  constructor(size: number) {
    this.input = [1, size, size, 3];
  }

  run(input: Float32Array): Promise<Float32Array[]> {
    this.seen = input.slice();
    const next = this.script.shift();
    return next ? Promise.resolve(next) : Promise.reject(new Error("the script has ended"));
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** What the detector's network returns for these people. */
export function detectorOutputs(people: readonly Detected[]): Float32Array[] {
  const anchors = ssdAnchors();
  const boxes = new Float32Array(anchors.length * 12);
  const scores = new Float32Array(anchors.length).fill(-9);
  people.forEach((each, index) => {
    const anchor = 100 + 500 * index;
    const [x, y] = anchors[anchor] ?? [0, 0];
    const point = [each.x - x, each.y - y, each.x - x, each.y - each.up - y];
    const head = [each.x - x, each.y - each.up / 2 - y, each.up / 2, each.up / 2];
    boxes.set(
      [...head, ...point, ...point].map((value) => value * 224),
      anchor * 12,
    );
    scores[anchor] = each.logit;
  });
  return [boxes, scores];
}

/** What a landmark network returns for this person. */
export function landmarkOutputs({ seed, legs, presence, drift, broken }: Person): Float32Array[] {
  const raw = numbers(195, seed).map((value, index) => {
    const field = index % 5;
    if (field < 2) return Math.fround(value * 160) + Math.fround(48 + drift);
    if (field === 2) return Math.fround(value * 100) - 50;
    return field === 3 ? Math.fround(value * 8) - 2 : value;
  });
  for (const ankle of [27, 28]) raw[ankle * 5 + 3] = legs ? 5 : -5;
  raw.set([128 + drift, 130], 33 * 5);
  raw.set([131 + drift, 28], 34 * 5);
  const heatmap = numbers(64 * 64 * 39, seed).map((value) => value * 8 - 6);
  const world = numbers(117, seed + 50).map((value) => value * 2 - 1);
  if (broken) world[5] = Number.NaN;
  return [raw, Float32Array.of(presence), maskLogits(seed), heatmap, world];
}

/** Every so many of a list. */
export function every(values: ArrayLike<number>, step: number): number[] {
  return Array.from(values).filter((_, index) => index % step === 0);
}

/** How far two lists of numbers are apart at most; infinitely if one is longer. */
export function apart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  const differences = Array.from(one, (value, index) => value - (other[index] ?? Number.NaN));
  const most = Math.max(0, ...differences.map(Math.abs));
  return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
}
