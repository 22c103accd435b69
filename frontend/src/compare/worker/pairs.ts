/** The results of two streams for the same frame. */
import type { Pair } from "../../drawing/difference_painter";
import type { Mask } from "../../source/mask";
import type { MaskedImage } from "../../source/worker/answered";
import type { Member } from "../difference_messages";

/** How many masks of a side wait for the other one, at most: two seconds of frames. */
const KEPT = 64;
/** How long (ms) both may finish different frames before the view says so. */
const LONG_ENOUGH = 1000;

/**
 * Finds the frames that both have finished.
 *
 * Only masks are kept. The image is that of the later result, so none is held for a frame that the
 * other side may never finish.
 */
export class Pairs {
  private readonly finished = { a: new Map<string, Mask>(), b: new Map<string, Mask>() };
  /** Since when (ms) each side has results that the other lacks; null while it has none. */
  private readonly alone: Record<Member, number | null> = { a: null, b: null };

  /** Add a result that came at this time (ms); return the pair it completes. */
  add(side: Member, { image, mask }: MaskedImage, at: number): Pair | null {
    const { finished, alone } = this;
    const masks = finished[side];
    const { key } = image;
    // The same frame again, as while the source is paused: the newer result replaces the older.
    masks.delete(key);
    masks.set(key, mask);
    const other = finished[side === "a" ? "b" : "a"].get(key);
    if (!other) {
      alone[side] ??= at;
      if (masks.size > KEPT) dropOldest(masks, masks.size - KEPT);
      return null;
    }
    alone.a = null;
    alone.b = null;
    // Each side finishes its frames in order: earlier ones cannot be completed any more.
    for (const each of [finished.a, finished.b]) dropOldest(each, [...each.keys()].indexOf(key));
    return side === "a" ? { image, a: mask, b: other } : { image, a: other, b: mask };
  }

  /** Whether both sides have been finishing frames for a while, but different ones. */
  apart(at: number): boolean {
    const { a, b } = this.alone;
    return a !== null && b !== null && at - Math.max(a, b) >= LONG_ENOUGH;
  }

  /** Drop the results of one side: another model, or another stream, takes its place. */
  clear(side: Member): void {
    this.finished[side].clear();
    this.alone[side] = null;
  }
}

/** Delete this many of the oldest entries. */
function dropOldest(map: Map<string, Mask>, count: number): void {
  for (const key of [...map.keys()].slice(0, count)) map.delete(key);
}
