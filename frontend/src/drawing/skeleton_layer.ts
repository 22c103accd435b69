/** Draws skeletons on their own canvas, at the screen's resolution. */

import { SIDE_COLORS } from "../generated";
import { requireContext } from "../kit/canvas";
import { element } from "../kit/dom";
import type { Joint, Skeleton } from "./skeleton";

/** Around everything, so that it is visible on any image. */
const CASING = "rgb(0 0 0 / 0.65)";
/** Width of the casing around lines and dots, in CSS pixels. */
const CASING_WIDTH = 1;
/** Between a joint and the ring that marks it, in CSS pixels. */
const RING_GAP = 3;

export class SkeletonLayer {
  readonly canvas = element("canvas", {
    class: "bodyseg-skeleton",
    hidden: "",
    "aria-hidden": "true",
  });
  /** Created on first use: most views never draw skeletons. */
  private context: CanvasRenderingContext2D | null = null;

  /**
   * Draw skeletons, replacing the previous ones.
   *
   * @param width of the canvas in CSS pixels, the skeletons' unit
   * @param marked the joint that gets a ring
   */
  draw(skeletons: Skeleton[], width: number, height: number, marked: Joint | null): void {
    const { canvas } = this;
    canvas.hidden = !skeletons.some(({ joints }) => joints.length > 0);
    if (canvas.hidden) return;
    this.context ??= requireContext(canvas.getContext("2d"));
    const { context } = this;
    const ratio = window.devicePixelRatio;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, columns, rows);
    context.setTransform(columns / width, 0, 0, rows / height, 0, 0);
    context.lineCap = "round";
    for (const each of skeletons) drawSkeleton(context, each);
    if (marked) mark(context, marked);
    context.globalAlpha = 1;
  }
}

function drawSkeleton(context: CanvasRenderingContext2D, { bones, joints }: Skeleton): void {
  for (const casing of [true, false]) {
    for (const { from, to, width, side, opacity } of bones) {
      context.globalAlpha = opacity;
      context.strokeStyle = casing ? CASING : SIDE_COLORS[side];
      context.lineWidth = casing ? width + 2 * CASING_WIDTH : width;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
  }
  for (const { x, y, radius, side, opacity } of joints) {
    context.globalAlpha = opacity;
    dot(context, x, y, radius + CASING_WIDTH, CASING);
    dot(context, x, y, radius, SIDE_COLORS[side]);
  }
}

function dot(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function mark(context: CanvasRenderingContext2D, { x, y, radius }: Joint): void {
  context.globalAlpha = 1;
  for (const [color, width] of [
    [CASING, 4],
    ["#FFFFFF", 2],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius + RING_GAP, 0, 2 * Math.PI);
    context.stroke();
  }
}
