/** Filters that remove jitter from landmarks: `pose/blazepose/filters.py`. */

/** Frame rate that the filter assumes until it has measured one. */
const FREQUENCY = 30;
const MIN_OBJECT_SCALE = 1e-6;
/** Seconds. */
const MIN_STEP = 1e-6;

export interface OneEuroSettings {
  /** Cutoff frequency at rest, Hz; lower is steadier. */
  readonly minCutoff: number;
  /** How much the cutoff rises with speed, Hz per unit; higher follows faster. */
  readonly beta: number;
}

/** Cutoff frequency for the speed estimate, Hz. */
const DERIVATE_CUTOFF = 1;

/** Exponential smoothing: values move toward the new ones by `alpha`. */
export class LowPass {
  private last: Float64Array | null = null;

  /** The smoothed values; the first ones are returned unchanged. */
  run(values: Float64Array, alpha: (index: number) => number): Float64Array {
    const { last } = this;
    const smoothed = last
      ? values.map((value, index) => {
          const share = alpha(index);
          return share * value + (1 - share) * last[index]!;
        })
      : values;
    this.last = smoothed;
    return smoothed;
  }
}

/** The one-euro filter: steady at rest, responsive in motion. */
export class OneEuro {
  private frequency = FREQUENCY;
  private seconds: number | null = null;
  private raw: Float64Array | null = null;
  private readonly values = new LowPass();
  private readonly speeds = new LowPass();

  constructor(private readonly settings: OneEuroSettings) {}

  /**
   * Smooth the next values.
   *
   * @param values as many in each call
   * @param seconds when they were measured; values less than a microsecond after the previous ones
   *   are returned unchanged
   * @param objectScale size of the body, in the unit of `values`; speed is relative to it. Below
   *   1e-6 the values are returned unchanged.
   */
  run(values: Float64Array, seconds: number, objectScale: number): Float64Array {
    if (objectScale < MIN_OBJECT_SCALE) return values;
    if (this.seconds !== null) {
      if (seconds - this.seconds < MIN_STEP) return values;
      this.frequency = 1 / (seconds - this.seconds);
    }
    this.seconds = seconds;
    const { raw, frequency, settings } = this;
    const speed = values.map((value, index) =>
      raw ? ((value - raw[index]!) / objectScale) * frequency : 0,
    );
    this.raw = values;
    const steady = this.speeds.run(speed, () => this.alpha(DERIVATE_CUTOFF));
    return this.values.run(values, (index) =>
      this.alpha(settings.minCutoff + settings.beta * Math.abs(steady[index]!)),
    );
  }

  private alpha(cutoff: number): number {
    return 1 / (1 + this.frequency / (2 * Math.PI * cutoff));
  }
}
