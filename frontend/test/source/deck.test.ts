import { describe, expect, it } from "vitest";
import { Deck } from "../../src/source/deck";

/** A deck that has noted frames 10, 20, 30, … a second apart. */
function deckOf(count: number, seconds = 10): Deck {
  const deck = new Deck(() => seconds);
  for (let number = 1; number <= count; number += 1) deck.note(10 * number, 1000 * number);
  return deck;
}

describe("a deck of the last seconds", () => {
  it("has nothing at first", () => {
    const deck = new Deck(() => 10);
    expect(deck.state()).toEqual({ count: 0, index: -1, id: null, span: 0, ago: 0, video: false });
    expect(deck.at(0)).toBeNull();
    expect(deck.nearest(3)).toBeNull();
  });

  it("shows the newest while it is live", () => {
    expect(deckOf(5).state()).toEqual({
      count: 5,
      index: 4,
      id: 50,
      span: 4,
      ago: 0,
      video: false,
    });
  });

  it("forgets what is older than its seconds", () => {
    const deck = deckOf(20, 3);
    expect(deck.state()).toMatchObject({ count: 4, span: 3 });
    expect(deck.at(0)).toBe(170);
  });

  it("follows a history that is made shorter", () => {
    let seconds = 60;
    const deck = new Deck(() => seconds);
    for (let number = 1; number <= 9; number += 1) deck.note(number, 1000 * number);
    seconds = 2;
    deck.note(10, 10_000);
    expect(deck.state()).toMatchObject({ count: 3, span: 2 });
  });

  it("does not count the time of a pause", () => {
    const deck = deckOf(5, 10);
    deck.extend(60_000);
    deck.note(60, 66_000);
    expect(deck.state()).toMatchObject({ count: 6, span: 5, id: 60 });
    expect(deck.at(0)).toBe(10);
  });

  it("has no more than the kernel keeps, whose memory is bounded", () => {
    const deck = deckOf(5);
    deck.keepFrom(25);
    expect(deck.state()).toMatchObject({ count: 3, span: 2 });
    expect(deck.at(0)).toBe(30);
    deck.keepFrom(99);
    expect(deck.state().count).toBe(3);
  });

  it("tells where one is when an earlier one is shown", () => {
    const deck = deckOf(5);
    deck.point(20);
    expect(deck.state()).toMatchObject({ index: 1, id: 20, ago: 3, span: 4 });
  });

  it("ends at its ends", () => {
    const deck = deckOf(5);
    expect([deck.at(-20), deck.at(1), deck.at(99)]).toEqual([10, 20, 50]);
  });

  it("goes to the frame before where one is gone, or to the first", () => {
    const deck = deckOf(5);
    deck.point(30);
    deck.forget(30);
    expect(deck.state()).toMatchObject({ count: 4, index: 1, id: 20 });
    deck.point(10);
    deck.forget(10);
    expect(deck.state()).toMatchObject({ count: 3, index: 0, id: 20 });
    deck.forget(50);
    expect(deck.state()).toMatchObject({ count: 2, index: 0, id: 20 });
  });

  it("knows the frame nearest to a number", () => {
    const deck = deckOf(3);
    expect([deck.nearest(25), deck.nearest(30), deck.nearest(99), deck.nearest(1)]).toEqual([
      20, 30, 30, 10,
    ]);
  });
});

describe("a deck of a video", () => {
  const video = () => {
    const deck = deckOf(3);
    deck.load({ length: 100, rate: 25 });
    return deck;
  };

  it("has all its images, and begins with none of them", () => {
    expect(video().state()).toEqual({
      count: 100,
      index: -1,
      id: null,
      span: 4,
      ago: 4,
      video: true,
    });
  });

  it("is at the image that was shown", () => {
    const deck = video();
    deck.note(24, 0);
    expect(deck.state()).toMatchObject({ index: 24, id: 24, ago: 3 });
    expect(deck.atEnd).toBe(false);
    deck.point(99);
    expect(deck.atEnd).toBe(true);
  });

  it("ends at its ends, and keeps to whole numbers", () => {
    const deck = video();
    expect([deck.at(-1), deck.at(49.6), deck.at(100)]).toEqual([0, 50, 99]);
    expect([deck.nearest(-5), deck.nearest(1000)]).toEqual([0, 99]);
  });

  it("forgets none of its images", () => {
    const deck = video();
    deck.point(5);
    deck.forget(5);
    expect(deck.state()).toMatchObject({ count: 100, id: 5 });
  });

  it("has no seconds without a pace", () => {
    const deck = new Deck(() => 10);
    deck.load({ length: 3, rate: null });
    expect(deck.state()).toMatchObject({ count: 3, span: 0 });
  });
});
