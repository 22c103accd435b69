/** The probability of a logit, rounded to float32 as in Python. */
export function sigmoid(logit: number): number {
  return Math.fround(1 / (1 + Math.exp(-logit)));
}
