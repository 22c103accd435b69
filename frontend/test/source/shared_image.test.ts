import { beforeEach, expect, test, vi } from "vitest";
import { SharedImage } from "../../src/source/worker/shared_image";

/** What is open of all bitmaps. */
let open = 0;

function bitmapOf(width: number, height: number): ImageBitmap {
  open += 1;
  const close = () => {
    open -= 1;
  };
  return { width, height, close };
}

class Canvas {
  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  getContext() {
    return { drawImage() {} };
  }

  transferToImageBitmap() {
    return bitmapOf(this.width, this.height);
  }
}

beforeEach(() => {
  open = 0;
  vi.stubGlobal("OffscreenCanvas", Canvas);
});

test("an image is scaled once for each size, and freed with its last holder", () => {
  const image = new SharedImage(1, { video: 1, id: 1 }, bitmapOf(640, 480), 0, true);
  expect(image.scaled(640, 480)).toBe(image.bitmap);
  const small = image.scaled(320, 240);
  expect([small.width, small.height]).toEqual([320, 240]);
  expect(image.scaled(320, 240)).toBe(small);
  expect(image.scaled(160, 120)).not.toBe(small);
  expect(open).toBe(3);
  image.hold().release();
  expect(open).toBe(3);
  image.release();
  expect(open).toBe(0);
});

test("an image that is shown at one size after the other keeps few copies", () => {
  const image = new SharedImage(1, { video: 1, id: 1 }, bitmapOf(640, 480), 0, true);
  for (let width = 100; width < 600; width += 1) image.scaled(width, width);
  expect(open).toBeLessThan(10);
  image.release();
  expect(open).toBe(0);
});
