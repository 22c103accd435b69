/** Reads what a view or a difference has drawn, as it is at full size. */
import { expect, onTestFinished } from "vitest";
import { holdFullSize } from "../src/kit/full_size";

export function frameOf(el: HTMLElement): HTMLElement {
  return find(el, ".bodyseg-frame");
}

export function canvasOf(el: HTMLElement): HTMLCanvasElement {
  return find(el, ".bodyseg-canvas");
}

function find<E extends HTMLElement>(el: HTMLElement, selector: string): E {
  const found = el.querySelector<E>(selector);
  if (!found) throw new Error(`There is no ${selector}`);
  return found;
}

/** Have an image drawn at full size until the test ends, with the number of its frame. */
export function hold(el: HTMLElement): void {
  const reading = new AbortController();
  onTestFinished(() => reading.abort());
  holdFullSize(frameOf(el), reading.signal);
}

/** The number of the frame that is drawn; NaN while another one is being drawn. */
export function drawnNumber(el: HTMLElement): number {
  return Number(frameOf(el).dataset.drawn);
}

/** Wait until what is held is drawn as it now has to look. */
export async function waitUntilDrawn(el: HTMLElement): Promise<void> {
  // Traits that change together are sent as one.
  await Promise.resolve();
  await expect.poll(() => drawnNumber(el)).not.toBeNaN();
}

export function pixels(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const { width, height } = canvas;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw new Error("This browser draws nothing");
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
