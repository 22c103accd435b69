import { describe, expect, it } from "vitest";
import type { Member } from "../../src/compare/difference_messages";
import { Pairs } from "../../src/compare/worker/pairs";
import { NO_PLANES, WHOLE } from "../../src/source/mask";
import { SharedImage } from "../../src/source/worker/shared_image";

/** What a stream makes of a frame; `value` tells its masks apart. */
const result = (id: number, value = id) => ({
  image: new SharedImage(1000 + value, { video: 1, id }, {} as ImageBitmap, 0, true),
  mask: { data: Uint8Array.of(value), width: 1, height: 1, region: WHOLE, ...NO_PLANES },
});
const add = (pairs: Pairs, side: Member, id: number, at = 0, value = id) =>
  pairs.add(side, result(id, value), at);

describe("Pairs", () => {
  it("pairs the masks of the very same frame, with the later result's image", () => {
    const pairs = new Pairs();
    expect(add(pairs, "a", 1)).toBeNull();
    expect(add(pairs, "a", 2, 0, 20)).toBeNull();
    const pair = add(pairs, "b", 2, 0, 21);
    expect(pair?.image.frame).toBe(1021);
    expect([pair?.a.data[0], pair?.b.data[0]]).toEqual([20, 21]);
  });

  it("gives nothing for frames that one of them skipped", () => {
    const pairs = new Pairs();
    for (const id of [1, 2, 3]) add(pairs, "a", id);
    expect(add(pairs, "b", 4)).toBeNull();
    expect(add(pairs, "b", 5)).toBeNull();
    expect(add(pairs, "a", 5)?.image.id).toBe(5);
  });

  it("takes the newest result where the same frame comes again, as while paused", () => {
    const pairs = new Pairs();
    add(pairs, "a", 7, 0, 1);
    add(pairs, "b", 7, 0, 2);
    const again = add(pairs, "a", 7, 0, 3);
    expect([again?.a.data[0], again?.b.data[0]]).toEqual([3, 2]);
    const both = add(pairs, "b", 7, 0, 4);
    expect([both?.a.data[0], both?.b.data[0]]).toEqual([3, 4]);
  });

  it("forgets masks that wait too long: two seconds of frames", () => {
    const pairs = new Pairs();
    for (let id = 1; id <= 65; id += 1) add(pairs, "a", id);
    expect(add(pairs, "b", 1)).toBeNull();
    expect(add(pairs, "b", 2)).not.toBeNull();
  });

  it("forgets a side that another stream takes the place of", () => {
    const pairs = new Pairs();
    add(pairs, "a", 1);
    add(pairs, "b", 2);
    pairs.clear("a");
    expect(add(pairs, "b", 1)).toBeNull();
    expect(add(pairs, "a", 2)).not.toBeNull();
  });

  it("says that they are apart when both went on for a second without meeting", () => {
    const pairs = new Pairs();
    add(pairs, "a", 1, 0);
    add(pairs, "b", 2, 10);
    add(pairs, "a", 3, 900);
    expect(pairs.apart(1009)).toBe(false);
    expect(pairs.apart(1010)).toBe(true);
    add(pairs, "b", 3, 1020);
    expect(pairs.apart(1020)).toBe(false);
  });

  it("does not take a slow model for one that is apart", () => {
    const pairs = new Pairs();
    for (let id = 1; id <= 60; id += 1) add(pairs, "a", id, 33 * id);
    expect(pairs.apart(2000)).toBe(false);
    expect(add(pairs, "b", 20, 2000)?.image.id).toBe(20);
    for (let id = 61; id <= 80; id += 1) add(pairs, "a", id, 33 * id);
    expect(pairs.apart(2640)).toBe(false);
  });
});
