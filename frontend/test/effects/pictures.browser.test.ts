/** Each kind of image shows in the page what it shows in Python, which has the same table. */
import { expect, test } from "vitest";
import { asJpeg } from "../../src/effects/small_image";
import { requireContext } from "../../src/kit/canvas";
import pictures from "../pictures.json";

/** The side of a patch in pixels. */
const PATCH = 16;
const TOLERANCE = 3;

/** What is in the middle of each patch of a JPEG. */
async function colorsOf(jpeg: ArrayBuffer): Promise<number[][][]> {
  const bitmap = await createImageBitmap(new Blob([jpeg]));
  const { width, height } = bitmap;
  const context = requireContext(new OffscreenCanvas(width, height).getContext("2d"));
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return Array.from({ length: height / PATCH }, (_, row) =>
    Array.from({ length: width / PATCH }, (__, column) => {
      const at = 4 * ((row + 0.5) * PATCH * width + (column + 0.5) * PATCH);
      return [...data.subarray(at, at + 3)];
    }),
  );
}

function farthest(one: number[][][], other: number[][][]): number {
  const flat = other.flat(2);
  return Math.max(
    ...one.flat(2).map((level, at) => Math.abs(level - (flat[at] ?? Number.POSITIVE_INFINITY))),
  );
}

test.for(pictures)("$name", async ({ type, data, colors }) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const shown = await colorsOf(await asJpeg(new Blob([bytes], { type })));
  expect(shown.map((row) => row.length)).toEqual(colors.map((row) => row.length));
  expect(farthest(shown, colors), JSON.stringify(shown)).toBeLessThanOrEqual(TOLERANCE);
});
