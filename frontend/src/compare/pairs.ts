/** What two streams made of the very same frame. */
import type { Pair } from "../drawing/difference_painter";
import type { Mask } from "../source/mask";
import type { MaskedPicture } from "../source/source";

export type Side = "a" | "b";

/** How many masks of a side wait for the other one, at most: two seconds of frames. */
const KEPT = 64;
/** How long (ms) both may finish frames that the other does not, before it is said. */
const LONG_ENOUGH = 1000;

/**
 * Finds the frames that both have finished.
 *
 * Only masks are kept. The picture is that of the later result, so none is held for a frame that
 * the other one may never finish.
 */
export class Pairs {
  private readonly finished = { a: new Map<string, Mask>(), b: new Map<string, Mask>() };
  /** Since when (ms) each has results without the other's; null while it has none. */
  private readonly alone: Record<Side, number | null> = { a: null, b: null };

  /** Note a result that came at this time (ms); give the pair it makes. */
  add(side: Side, { picture, mask }: MaskedPicture, at: number): Pair | null {
    const { finished, alone } = this;
    const own = finished[side];
    const { key } = picture;
    // The same frame again, as while the source is paused: the newer result counts.
    own.delete(key);
    own.set(key, mask);
    const other = finished[side === "a" ? "b" : "a"].get(key);
    if (!other) {
      alone[side] ??= at;
      if (own.size > KEPT) forgetUntil(own, own.size - KEPT);
      return null;
    }
    alone.a = null;
    alone.b = null;
    // Each finishes its frames in their order: those before this one will not meet any more.
    for (const each of [finished.a, finished.b]) forgetUntil(each, [...each.keys()].indexOf(key));
    return side === "a" ? { picture, a: mask, b: other } : { picture, a: other, b: mask };
  }

  /** Whether both have been finishing frames for a while, but not the same ones. */
  apart(at: number): boolean {
    const { a, b } = this.alone;
    return a !== null && b !== null && at - Math.max(a, b) >= LONG_ENOUGH;
  }

  /** Forget what one side made: another model, or another stream, takes its place. */
  forget(side: Side): void {
    this.finished[side].clear();
    this.alone[side] = null;
  }
}

/** Delete this many of the oldest entries. */
function forgetUntil(map: Map<string, Mask>, count: number): void {
  for (const key of [...map.keys()].slice(0, count)) map.delete(key);
}
