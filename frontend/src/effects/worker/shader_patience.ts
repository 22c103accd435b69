/** How long a shader may take for a frame. */

/** For a single frame, ms: the first one also has to be prepared for the graphics card. */
export const LONGEST = 2000;
/** For several frames in a row, ms. */
export const SLOW = 500;
export const SLOW_IN_A_ROW = 3;
/** A look that comes later counts as this, ms: the worker itself stood still, or its computer. */
const LATEST_LOOK = 100;

/** Why a shader is stopped. */
export type Verdict = "endless" | "slow" | "lost";

export class ShaderPatience {
  private waited = 0;
  private slow = 0;
  private lost = 0;

  /** A frame begins. */
  begin(): void {
    this.waited = 0;
  }

  /** It is not drawn yet, this much after the last look. */
  wait(elapsed: number): Verdict | null {
    this.waited += Math.min(elapsed, LATEST_LOOK);
    return this.waited > LONGEST ? "endless" : null;
  }

  /** It is drawn. */
  end(): Verdict | null {
    this.lost = 0;
    this.slow = this.waited > SLOW ? this.slow + 1 : 0;
    return this.slow >= SLOW_IN_A_ROW ? "slow" : null;
  }

  /**
   * The graphics were reset while it was drawn. That may be another's fault if it had just begun,
   * but not twice.
   */
  lose(): Verdict | null {
    this.lost += 1;
    return this.waited > SLOW || this.lost > 1 ? "lost" : null;
  }
}
