import { describe, expect, it } from "vitest";
import { FrameIndex } from "../../src/source/worker/frame_index";

/** An index that has noted frames 10, 20, 30, … a second apart. */
function indexWith(count: number, seconds = 10): FrameIndex {
  const index = new FrameIndex(() => seconds);
  for (let number = 1; number <= count; number += 1) index.note(10 * number, 1000 * number);
  return index;
}

describe("the index of the last seconds", () => {
  it("has nothing at first", () => {
    const index = new FrameIndex(() => 10);
    expect(index.state()).toEqual({ count: 0, index: -1, id: null, span: 0, ago: 0, video: false });
    expect(index.at(0)).toBeNull();
    expect(index.nearest(3)).toBeNull();
  });

  it("shows the newest while it is live", () => {
    expect(indexWith(5).state()).toEqual({
      count: 5,
      index: 4,
      id: 50,
      span: 4,
      ago: 0,
      video: false,
    });
  });

  it("forgets what is older than its seconds", () => {
    const index = indexWith(20, 3);
    expect(index.state()).toMatchObject({ count: 4, span: 3 });
    expect(index.at(0)).toBe(170);
  });

  it("follows a history that is made shorter", () => {
    let seconds = 60;
    const index = new FrameIndex(() => seconds);
    for (let number = 1; number <= 9; number += 1) index.note(number, 1000 * number);
    seconds = 2;
    index.note(10, 10_000);
    expect(index.state()).toMatchObject({ count: 3, span: 2 });
  });

  it("does not count the time of a pause", () => {
    const index = indexWith(5, 10);
    index.extend(60_000);
    index.note(60, 66_000);
    expect(index.state()).toMatchObject({ count: 6, span: 5, id: 60 });
    expect(index.at(0)).toBe(10);
  });

  it("has no more than the kernel keeps, whose memory is bounded", () => {
    const index = indexWith(5);
    index.keepFrom(25);
    expect(index.state()).toMatchObject({ count: 3, span: 2 });
    expect(index.at(0)).toBe(30);
    index.keepFrom(99);
    expect(index.state().count).toBe(3);
  });

  it("tells where one is when an earlier one is shown", () => {
    const index = indexWith(5);
    index.point(20);
    expect(index.state()).toMatchObject({ index: 1, id: 20, ago: 3, span: 4 });
  });

  it("ends at its ends", () => {
    const index = indexWith(5);
    expect([index.at(-20), index.at(1), index.at(99)]).toEqual([10, 20, 50]);
  });

  it("goes to the frame before where one is gone, or to the first", () => {
    const index = indexWith(5);
    index.point(30);
    index.forget(30);
    expect(index.state()).toMatchObject({ count: 4, index: 1, id: 20 });
    index.point(10);
    index.forget(10);
    expect(index.state()).toMatchObject({ count: 3, index: 0, id: 20 });
    index.forget(50);
    expect(index.state()).toMatchObject({ count: 2, index: 0, id: 20 });
  });

  it("knows the frame nearest to a number", () => {
    const index = indexWith(3);
    expect([index.nearest(25), index.nearest(30), index.nearest(99), index.nearest(1)]).toEqual([
      20, 30, 30, 10,
    ]);
  });
});

describe("the index of a video", () => {
  const video = () => {
    const index = indexWith(3);
    index.load({ length: 100, rate: 25 });
    return index;
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
    const index = video();
    index.note(24, 0);
    expect(index.state()).toMatchObject({ index: 24, id: 24, ago: 3 });
    expect(index.atEnd).toBe(false);
    index.point(99);
    expect(index.atEnd).toBe(true);
  });

  it("ends at its ends, and keeps to whole numbers", () => {
    const index = video();
    expect([index.at(-1), index.at(49.6), index.at(100)]).toEqual([0, 50, 99]);
    expect([index.nearest(-5), index.nearest(1000)]).toEqual([0, 99]);
  });

  it("forgets none of its images", () => {
    const index = video();
    index.point(5);
    index.forget(5);
    expect(index.state()).toMatchObject({ count: 100, id: 5 });
  });

  it("has no seconds without a pace", () => {
    const index = new FrameIndex(() => 10);
    index.load({ length: 3, rate: null });
    expect(index.state()).toMatchObject({ count: 3, span: 0 });
  });
});
