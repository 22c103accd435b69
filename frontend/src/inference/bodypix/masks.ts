/**
 * The probability of people and of parts, and the most likely part of each pixel:
 * `segmentation/bodypix/segmenter.py`.
 */
import { sigmoid } from "../sigmoid";
import type { Layout } from "./layout";
import { type Outputs, PARTS } from "./outputs";

/** The probability of a person of each pixel of a mask. */
export function personProbability({ segments }: Outputs, layout: Layout): Float32Array {
  return sampled(segments, 1, 0, layout).map(sigmoid);
}

/**
 * The probability of a person, times that of a part where there is one.
 *
 * What the network says of parts where there is no one means nothing, and is often high.
 */
export function partProbability(
  { parts }: Outputs,
  layout: Layout,
  person: Float32Array,
  part: number,
): Float32Array {
  return sampled(parts, PARTS, part, layout).map(
    (logit, at) => person[at]! / (1 + Math.exp(-logit)),
  );
}

/**
 * The most likely part of each pixel, 0 to 23; of several that are equally likely, the first.
 *
 * Only parts that are the most likely in some cell of the output are looked at, because between
 * cells hardly any other is.
 */
export function partValues({ parts }: Outputs, layout: Layout): Uint8Array {
  const { rows, columns } = layout;
  const present = mostLikely(parts);
  const count = present.length;
  const values = new Uint8Array(rows.model * columns.model);
  const row = new Float32Array(columns.output * count);
  for (let y = 0, at = 0; y < rows.model; y += 1) {
    interpolateRow(parts, PARTS, present, layout, y, row);
    for (let x = 0; x < columns.model; x += 1, at += 1) {
      const near = columns.before[x]! * count;
      const far = near + (columns.output > 1 ? count : 0);
      const share = columns.after[x]!;
      let highest = Number.NEGATIVE_INFINITY;
      let best = 0;
      for (let index = 0; index < count; index += 1) {
        const one = row[near + index]!;
        const logit = one + share * (row[far + index]! - one);
        if (logit > highest) {
          highest = logit;
          best = index;
        }
      }
      values[at] = present[best]!;
    }
  }
  return values;
}

/** The parts that are the most likely in some cell, in their order. */
function mostLikely(parts: Float32Array): number[] {
  const found = new Set<number>();
  for (let cell = 0; cell < parts.length; cell += PARTS) {
    let best = 0;
    for (let part = 1; part < PARTS; part += 1)
      if (parts[cell + part]! > parts[cell + best]!) best = part;
    found.add(best);
  }
  return [...found].sort((one, other) => one - other);
}

/** Interpolate a channel of an output at the pixels of a mask. */
function sampled(
  output: Float32Array,
  channels: number,
  channel: number,
  layout: Layout,
): Float32Array {
  const { rows, columns } = layout;
  const found = new Float32Array(rows.model * columns.model);
  const row = new Float32Array(columns.output);
  for (let y = 0, at = 0; y < rows.model; y += 1) {
    interpolateRow(output, channels, [channel], layout, y, row);
    for (let x = 0; x < columns.model; x += 1, at += 1) {
      const near = columns.before[x]!;
      const one = row[near]!;
      const other = row[Math.min(near + 1, columns.output - 1)]!;
      found[at] = one + columns.after[x]! * (other - one);
    }
  }
  return found;
}

/**
 * Interpolate channels of an output between the rows of its cells.
 *
 * @param y row of the mask
 * @param into a number for each cell of a row and each of the wanted channels
 */
function interpolateRow(
  output: Float32Array,
  channels: number,
  wanted: readonly number[],
  { rows, columns }: Layout,
  y: number,
  into: Float32Array,
): void {
  const stride = columns.output * channels;
  const upper = rows.before[y]! * stride;
  const lower = Math.min(rows.before[y]! + 1, rows.output - 1) * stride;
  const share = rows.after[y]!;
  let at = 0;
  for (let cell = 0; cell < stride; cell += channels) {
    for (const channel of wanted) {
      const one = output[upper + cell + channel]!;
      into[at] = one + share * (output[lower + cell + channel]! - one);
      at += 1;
    }
  }
}
