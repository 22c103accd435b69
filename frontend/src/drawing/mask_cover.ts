/** Colored masks on bytes: `to_binary_mask` and `draw_mask`. */
import { cutoff } from "../source/mask";
import { HALF, LANE_BITS } from "./blur";
import { packedLanes } from "./color";
import type { MaskColors } from "./effect";
import type { Split } from "./effect_bytes";

/**
 * Write the colors of a mask: foreground, background and contour.
 *
 * @param to the colors, multiplied by their alpha
 */
export function cover(
  levels: Uint8Array,
  width: number,
  threshold: number,
  { foreground, background, contour }: MaskColors,
  to: Split,
): void {
  const lowest = cutoff(threshold);
  const [inside, outside] = [packedLanes(foreground), packedLanes(background)];
  const { odd, even } = to;
  for (let index = 0; index < odd.length; index += 1) {
    const is = levels[index]! >= lowest;
    odd[index] = is ? inside[0] : outside[0];
    even[index] = is ? inside[1] : outside[1];
  }
  if (!contour) return;
  const [first, second] = packedLanes(contour.color);
  const paint = (index: number) => {
    odd[index] = first;
    even[index] = second;
  };
  const height = levels.length / width;
  const reach = contour.width;
  for (let y = 0; y < height; y += 1) {
    walk(levels, y * width, 1, width, lowest, reach, paint);
    walk(levels, (y + 1) * width - 1, -1, width, lowest, reach, paint);
  }
  for (let x = 0; x < width; x += 1) {
    walk(levels, x, width, height, lowest, reach, paint);
    walk(levels, (height - 1) * width + x, -width, height, lowest, reach, paint);
  }
}

/** Walk along a line and paint the first pixels of people after background. */
function walk(
  levels: Uint8Array,
  start: number,
  step: number,
  length: number,
  lowest: number,
  reach: number,
  paint: (index: number) => void,
): void {
  // People may continue beyond the image's edges.
  let since = reach;
  for (let count = 0, index = start; count < length; count += 1, index += step) {
    if (levels[index]! < lowest) since = 0;
    else if (since < reach) {
      paint(index);
      since += 1;
    }
  }
}

/** Blend a mask over an image by `opacity`. */
export function layOver(
  image: Uint32Array,
  { odd, even }: Split,
  opacity: number,
  to: Uint32Array,
): void {
  const share = Math.round(256 * opacity);
  for (let index = 0; index < to.length; index += 1) {
    const seen = image[index]!;
    const second = even[index]!;
    const alpha = second >>> 16;
    // Maps 255 to 256, so that opaque is opaque.
    const left = 256 - ((share * (alpha + (alpha >> 7)) + 128) >> 8);
    const lane = (over: number, under: number) =>
      ((Math.imul(over, share) + Math.imul(under, left) + HALF) >>> 8) & LANE_BITS;
    const first = lane(odd[index]!, seen & LANE_BITS);
    const green = lane(second & 0xff, (seen >>> 8) & 0xff);
    to[index] = (first | (green << 8) | 0xff000000) >>> 0;
  }
}
