/** Probabilities in 8 bits. */

const MAX_LEVEL = 255;

/** Round probabilities to 8 bits, as `Mask.levels` in Python. */
export function inLevels(probability: Float32Array): Uint8Array {
  // It rounds halves to even, as NumPy does.
  const levels = new Uint8ClampedArray(probability.length);
  for (let index = 0; index < levels.length; index += 1)
    levels[index] = Math.fround(probability[index]! * MAX_LEVEL);
  return new Uint8Array(levels.buffer);
}
