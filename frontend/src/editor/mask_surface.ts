/** The image with its mask over it, and the ring of the brush. */
import type { Color } from "../drawing/color";
import { requireContext } from "../kit/canvas";
import { element } from "../kit/dom";
import type { Pixel, Rect } from "./brush";
import type { Edited } from "./editor_session";

export class MaskSurface {
  readonly el = element("div", { class: "bodyseg-editor-stage" });
  /** What is painted on, and has the keys. */
  readonly canvas = element("canvas", {
    class: "bodyseg-editor-mask",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "mask to paint",
  });
  private readonly image = element("canvas", { class: "bodyseg-editor-image" });
  private readonly ring = element("div", { class: "bodyseg-editor-ring", hidden: "" });

  constructor() {
    this.el.append(this.image, this.canvas, this.ring);
  }

  /** Draw all of what is edited. */
  drawAll(edited: Edited, color: Color): void {
    const { width, height } = edited.mask;
    for (const canvas of [this.image, this.canvas]) Object.assign(canvas, { width, height });
    requireContext(this.image.getContext("2d")).drawImage(edited.image, 0, 0, width, height);
    this.draw(edited, color, { left: 0, top: 0, right: width, bottom: height });
  }

  /** Draw a part of the mask. */
  draw({ mask }: Edited, [red, green, blue]: Color, { left, top, right, bottom }: Rect): void {
    const pixels = new ImageData(right - left, bottom - top);
    let at = 0;
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) {
        if (mask.has({ x, y })) pixels.data.set([red, green, blue, 255], at);
        at += 4;
      }
    requireContext(this.canvas.getContext("2d")).putImageData(pixels, left, top);
  }

  /** The pixel at a place on the screen, which may be beyond the image. */
  pixelAt({ clientX, clientY }: { clientX: number; clientY: number }): Pixel {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return {
      x: Math.floor(((clientX - left) / width) * this.canvas.width),
      y: Math.floor(((clientY - top) / height) * this.canvas.height),
    };
  }

  /** Show where the brush is, and how large. */
  showRing({ x, y }: Pixel, size: number): void {
    const { ring, canvas } = this;
    const share = (pixels: number, of: number) => `${(100 * pixels) / of}%`;
    ring.hidden = false;
    ring.style.left = share(x + 0.5, canvas.width);
    ring.style.top = share(y + 0.5, canvas.height);
    ring.style.width = share(size, canvas.width);
  }

  hideRing(): void {
    this.ring.hidden = true;
  }

  /** Scroll to the brush. */
  revealRing(): void {
    this.ring.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
