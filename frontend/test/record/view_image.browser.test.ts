/** The image of all panels, as recordings have it. */
import { expect, test } from "vitest";
import { ViewImage } from "../../src/record/view_image";
import { pixels } from "../drawn";

/** A canvas of one color, so many CSS pixels high. */
function plain(color: string, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  Object.assign(canvas.style, {
    position: "absolute",
    top: "0",
    width: "80px",
    height: `${height}px`,
  });
  Object.assign(canvas, { width: 80, height });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = color;
  context.fillRect(0, 0, 80, height);
  return canvas;
}

test("what is over the top of an image is drawn there, and the image below it", () => {
  const root = document.createElement("div");
  const frame = document.createElement("div");
  frame.className = "bodyseg-frame";
  Object.assign(frame.style, { position: "relative", width: "80px", height: "60px" });
  frame.append(plain("rgb(255 0 0)", 60), plain("rgb(0 255 0)", 20));
  root.append(frame);
  document.body.append(root);
  const image = new ViewImage(root, new AbortController().signal);
  image.draw();
  const { width, height } = image.canvas;
  const data = pixels(image.canvas);
  const colors = { red: 0, green: 0 };
  for (let at = 0; at < 4 * width * height; at += 4) {
    if (data[at] === 255 && data[at + 1] === 0) colors.red += 1;
    if (data[at] === 0 && data[at + 1] === 255) colors.green += 1;
  }
  const all = colors.red + colors.green;
  expect(all).toBeGreaterThan(0);
  expect(colors.green / all).toBeCloseTo(1 / 3, 1);
  root.remove();
});
