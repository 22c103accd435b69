/** Recognizes people from frame to frame: `pose/blazepose/identities.py`. */
import type { Estimate } from "./estimate";
import { FIELDS } from "./landmarks";

/**
 * Largest mean movement of a body's landmarks between two frames that show it, as a fraction of the
 * circle around it. Two people side by side are about that far apart.
 */
const MAX_DISTANCE = 0.25;
/** How long a missing person keeps the number, seconds. */
const MEMORY = 1;

/** Where a person is, and how large. */
type Body = Pick<Estimate, "body" | "objectScale">;

/** Where a person was last seen, and since when they have been missing. */
interface Known {
  readonly seen: Body;
  missedSince: number | null;
}

/** Numbers people from 1 and recognizes them in the next frame. */
export class Identities {
  private readonly known = new Map<number, Known>();
  private last = 0;

  /**
   * Assign a number to each person in a frame, taken at `seconds`.
   *
   * The closest pair of a known person and a visible person is matched first. A person missing from
   * one second of frames is forgotten; a pause between two frames does not count.
   */
  assign(people: readonly Body[], seconds: number): number[] {
    const { known } = this;
    for (const [number, { missedSince }] of known)
      if (missedSince !== null && seconds - missedSince > MEMORY) known.delete(number);
    const matched = this.match(people);
    const numbers = people.map((_, index) => matched.get(index) ?? this.next());
    for (const each of known.values()) each.missedSince ??= seconds;
    people.forEach((seen, index) => {
      known.set(numbers[index] ?? 0, { seen, missedSince: null });
    });
    return numbers;
  }

  private next(): number {
    this.last += 1;
    return this.last;
  }

  /** The numbers of those who are known, by their index. */
  private match(people: readonly Body[]): Map<number, number> {
    const pairs = [...this.known].flatMap(([number, { seen }]) =>
      people.map((person, index) => ({ apart: distance(seen, person), number, index })),
    );
    pairs.sort(
      (one, other) =>
        one.apart - other.apart || one.number - other.number || one.index - other.index,
    );
    const matched = new Map<number, number>();
    const taken = new Set<number>();
    for (const { apart, number, index } of pairs) {
      if (apart > MAX_DISTANCE || matched.has(index) || taken.has(number)) continue;
      matched.set(index, number);
      taken.add(number);
    }
    return matched;
  }
}

/** The mean distance between two bodies' landmarks, as a fraction of their size. */
export function distance(one: Body, other: Body): number {
  let sum = 0;
  for (let at = 0; at < one.body.length; at += FIELDS)
    sum += Math.hypot(one.body[at]! - other.body[at]!, one.body[at + 1]! - other.body[at + 1]!);
  const mean = sum / (one.body.length / FIELDS);
  return mean / Math.max(one.objectScale, other.objectScale, 1);
}
