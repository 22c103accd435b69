/**
 * The canvas-2D way of drawing effects, on bytes.
 *
 * A context's own `filter` is not in Safari, and fades at the picture's edges.
 */
import { cutoff, type Mask } from "../source/mask";
import type { MaskedPicture } from "../source/source";
import { Blur, between, LANE_BITS, type Lanes } from "./blur";
import { WholeEnlarger } from "./difference";
import { alphaBlurOf, cellsIn, type EffectLook, lineCover } from "./effect";
import { type Look, TEAL } from "./look";
import { type Cover, cover, layOver } from "./mask_cover";
import { type Colours, coloursAround, Decontaminator, means, smallSize } from "./matting";
import { Reader } from "./readback";

/** The bytes of a picture's pixels, the first and third, and the second and fourth. */
interface Split {
  odd: Lanes;
  even: Lanes;
}

const WHITE = 255;

/** How much of each pixel is foreground, 0 to 255: its probability, or all or nothing. */
export function alphaOf(levels: Uint8Array, threshold: number, soft: boolean, alpha: Lanes): void {
  const lowest = cutoff(threshold);
  for (let index = 0; index < alpha.length; index += 1) {
    const level = levels[index] as number;
    alpha[index] = soft ? level : level >= lowest ? 255 : 0;
  }
}

/** Lay a picture over another one, as much as `alpha` says. */
export function mix(over: Uint32Array, under: Split, alpha: Lanes, to: Uint32Array): void {
  const { odd, even } = under;
  for (let index = 0; index < to.length; index += 1) {
    const seen = over[index] as number;
    const level = alpha[index] as number;
    // Most pixels are one or the other, which takes no mixing.
    if (level === 255) {
      to[index] = seen;
      continue;
    }
    if (level === 0) {
      to[index] = (odd[index] as number) | ((even[index] as number) << 8);
      continue;
    }
    const share = level + (level >> 7);
    const first = between(odd[index] as number, seen & LANE_BITS, share);
    to[index] = first | (between(even[index] as number, (seen >>> 8) & LANE_BITS, share) << 8);
  }
}

/** Lay the mask over the picture in coarse cells with white lines between them. */
export function pixelate(
  picture: Uint8ClampedArray,
  width: number,
  height: number,
  alpha: Lanes,
  opacity: number,
  cellWidth: number,
): void {
  const columns = Math.max(cellsIn(width, cellWidth), 1);
  const rows = Math.max(cellsIn(height, cellWidth), 1);
  const [across, down] = [lineCover(width, cellWidth), lineCover(height, cellWidth)];
  const cells = new Float32Array(columns);
  let row = -1;
  for (let y = 0; y < height; y += 1) {
    const its = Math.floor(((y + 0.5) * rows) / height);
    if (its !== row) {
      row = its;
      for (let column = 0; column < columns; column += 1) {
        const [u, v] = [(column + 0.5) / columns, (row + 0.5) / rows];
        cells[column] = middle(alpha, width, height, u, v) / 255;
      }
    }
    for (let x = 0; x < width; x += 1) {
      const clear = (1 - (across[x] as number)) * (1 - (down[y] as number));
      const share = (cells[Math.floor(((x + 0.5) * columns) / width)] as number) * clear;
      if (share === 0 && clear === 1) continue;
      const under = 1 - opacity * (share + 1 - clear);
      const start = 4 * (y * width + x);
      for (let part = 0; part < 3; part += 1) {
        const over = (TEAL[part] as number) * share + WHITE * (1 - clear);
        picture[start + part] = opacity * over + under * (picture[start + part] as number);
      }
    }
  }
}

/** The value at a place, in shares of the picture, between its pixels. */
function middle(values: Lanes, width: number, height: number, u: number, v: number): number {
  const [x, y] = [u * width - 0.5, v * height - 0.5];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (column: number, line: number) =>
    values[
      Math.min(Math.max(line, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)
    ] as number;
  const upper = at(left, top) * (left + 1 - x) + at(left + 1, top) * (x - left);
  const lower = at(left, top + 1) * (left + 1 - x) + at(left + 1, top + 1) * (x - left);
  return upper * (top + 1 - y) + lower * (y - top);
}

function splitUp(picture: ImageData, { odd, even }: Split): void {
  const pixels = new Uint32Array(picture.data.buffer);
  for (let index = 0; index < pixels.length; index += 1) {
    const pixel = pixels[index] as number;
    odd[index] = pixel & LANE_BITS;
    even[index] = (pixel >>> 8) & LANE_BITS;
  }
}

/** Draws effects on pictures of one size, not mirrored. */
export class EffectPainter {
  readonly canvas: OffscreenCanvas;
  private readonly context: OffscreenCanvasRenderingContext2D;
  private readonly reader = new Reader();
  private readonly enlarger = new WholeEnlarger();
  private readonly blurs = { odd: new Blur(), even: new Blur(), alpha: new Blur() };
  private readonly decontaminator = new Decontaminator();
  private readonly split: Split;
  private readonly under: Split;
  private readonly alpha: Lanes;
  private readonly drawn: ImageData;
  /** What was read last, so that a slider does not read it again. */
  private held: MaskedPicture | null = null;
  private heldMask: Mask | null = null;
  private levels: Uint8Array = new Uint8Array(0);
  private picture: ImageData;
  /** By how much the held picture was blurred last. */
  private blurred: { amount: number; under: Split } | null = null;
  /** The held picture, so small that its colours are looked for. */
  private small: Split | null = null;
  /** Which version of a backdrop is in `under`; null where there is a colour. */
  private version: number | null = null;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.canvas = new OffscreenCanvas(width, height);
    this.context = this.canvas.getContext("2d", {
      willReadFrequently: true,
    }) as OffscreenCanvasRenderingContext2D;
    const lanes = () => new Int32Array(width * height);
    this.split = { odd: lanes(), even: lanes() };
    this.under = { odd: lanes(), even: lanes() };
    this.alpha = lanes();
    this.drawn = new ImageData(width, height);
    this.picture = this.drawn;
  }

  draw(masked: MaskedPicture, look: Look, effect: EffectLook): void {
    const { width, height, alpha, drawn } = this;
    if (masked !== this.held) this.hold(masked);
    if (effect.effect === "mask") {
      const [seen, to] = [this.picture, drawn].map(({ data }) => new Uint32Array(data.buffer));
      layOver(seen as Uint32Array, this.mask(look, effect), look.opacity, to as Uint32Array);
      this.context.putImageData(drawn, 0, 0);
      return;
    }
    alphaOf(this.levels, look.threshold, effect.soft, alpha);
    const edge = this.blurs.alpha.blur(alpha, width, height, alphaBlurOf(effect));
    if (effect.effect === "pixelated") {
      drawn.data.set(this.picture.data);
      pixelate(drawn.data, width, height, edge, look.opacity, effect.cellWidth);
    } else {
      let over = this.picture;
      if (effect.effect === "background" && effect.decontaminate) {
        drawn.data.set(over.data);
        this.decontaminator.apply(drawn.data, edge, this, this.coloursAround(edge));
        over = drawn;
      }
      const pixels = new Uint32Array(over.data.buffer);
      mix(pixels, this.behind(effect), edge, new Uint32Array(drawn.data.buffer));
    }
    this.context.putImageData(drawn, 0, 0);
  }

  /** What covers the picture, blurred. */
  private mask({ threshold }: Look, effect: EffectLook): Cover {
    const { width, height, split, blurs } = this;
    cover(this.levels, width, threshold, effect, split);
    // What was blurred of the picture is written over.
    this.blurred = null;
    return {
      odd: blurs.odd.blur(split.odd, width, height, effect.maskBlur),
      even: blurs.even.blur(split.even, width, height, effect.maskBlur),
    };
  }

  private hold(masked: MaskedPicture): void {
    const { width, height } = this;
    this.picture = this.reader.read(masked.picture.bitmap, false);
    if (masked.mask !== this.heldMask)
      this.levels = this.enlarger.enlarge(masked.mask, width, height, false);
    this.held = masked;
    this.heldMask = masked.mask;
    this.blurred = null;
    this.small = null;
  }

  /** The colours around each place of the held picture, of which so much is foreground. */
  private coloursAround(alpha: Lanes): Colours {
    const { width, height, split } = this;
    const size = smallSize(width, height);
    if (!this.small) {
      splitUp(this.picture, split);
      this.small = { odd: means(split.odd, this, size), even: means(split.even, this, size) };
    }
    const shares = means(alpha, this, size);
    const { odd, even } = this.small;
    const small = shares.map(
      (share, index) =>
        (odd[index] as number) | (((even[index] as number) & 255) << 8) | (share << 24),
    );
    return coloursAround(new Uint8Array(small.buffer), size);
  }

  /** What is seen behind the people. */
  private behind({ effect, backgroundBlur: amount, backdrop }: EffectLook): Split {
    const { width, height, split, blurs, under } = this;
    if (effect === "background") {
      const canvas = backdrop.canvasOf(width, height);
      if (!canvas) {
        const [colour = 0] = new Uint32Array(Uint8Array.of(...backdrop.colour, 255).buffer);
        under.odd.fill(colour & LANE_BITS);
        under.even.fill((colour >>> 8) & LANE_BITS);
        this.version = null;
      } else if (backdrop.version !== this.version) {
        splitUp(this.reader.read(canvas, false), under);
        this.version = backdrop.version;
      }
      return under;
    }
    if (this.blurred?.amount !== amount) {
      splitUp(this.picture, split);
      const odd = blurs.odd.blur(split.odd, width, height, amount);
      const even = blurs.even.blur(split.even, width, height, amount);
      this.blurred = { amount, under: { odd, even } };
    }
    return this.blurred.under;
  }
}
