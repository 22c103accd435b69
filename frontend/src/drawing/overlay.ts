/** Draws skeletons and the frame's number over the image, at the screen's resolution. */
import { SIDE_COLORS } from "../generated";
import { requireContext } from "../kit/canvas";
import type { ShownSize } from "../kit/size";
import type { Joint, Skeleton } from "./skeleton";

/** Around everything, so that it is visible on any image. */
const CASING = "rgb(0 0 0 / 0.65)";
/** Width of the casing around lines and dots, in CSS pixels. */
const CASING_WIDTH = 1;
/** Between a joint and the ring that marks it, in CSS pixels. */
const RING_GAP = 3;

/** The frame's number, in CSS pixels. */
const NUMBER = {
  font: "11px system-ui, sans-serif",
  inset: 6,
  padding: 5,
  height: 17,
  corner: 3,
  color: "rgb(0 0 0 / 0.55)",
};

/** How much of the image the number needs, from its top, in CSS pixels. */
const NUMBER_STRIP = NUMBER.height + 2 * NUMBER.inset;

export interface Overlaid {
  /** In CSS pixels of the image; null where none are ever drawn. */
  skeletons: Skeleton[] | null;
  /** The joint that gets a ring. */
  marked: Joint | null;
  /** The frame's number; null for none. */
  number: number | null;
}

export class Overlay {
  /**
   * How much of the image it covers, from the top, in CSS pixels; null for all of it, and 0 if there
   * is nothing on it.
   */
  height: number | null = 0;
  /** Created on first use: most views have nothing over their image. */
  private context: OffscreenCanvasRenderingContext2D | null = null;

  constructor(private readonly canvas: OffscreenCanvas) {}

  /** Draw this in place of what was drawn before. */
  draw({ skeletons, marked, number }: Overlaid, { width, height, ratio }: ShownSize): void {
    const { canvas } = this;
    const isEmpty = number === null && !skeletons?.some(({ joints }) => joints.length > 0);
    // Without skeletons it is small: a page that is composed in software takes as long for what is
    // clear as for the image.
    if (isEmpty) this.height = 0;
    else this.height = skeletons ? null : NUMBER_STRIP;
    // What is empty is not shown.
    if (isEmpty) return;
    this.context ??= requireContext(canvas.getContext("2d"));
    const { context } = this;
    const covered = this.height ?? height;
    const [columns, rows] = [Math.round(width * ratio), Math.round(covered * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, columns, rows);
    context.setTransform(columns / width, 0, 0, rows / covered, 0, 0);
    context.lineCap = "round";
    for (const each of skeletons ?? []) drawSkeleton(context, each);
    if (marked) mark(context, marked);
    context.globalAlpha = 1;
    if (number !== null) drawNumber(context, String(number));
  }
}

function drawSkeleton(
  context: OffscreenCanvasRenderingContext2D,
  { bones, joints }: Skeleton,
): void {
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
  context: OffscreenCanvasRenderingContext2D,
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

function mark(context: OffscreenCanvasRenderingContext2D, { x, y, radius }: Joint): void {
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

function drawNumber(context: OffscreenCanvasRenderingContext2D, number: string): void {
  const { font, inset, padding, height, corner, color } = NUMBER;
  context.font = font;
  context.textBaseline = "middle";
  const width = context.measureText(number).width + 2 * padding;
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(inset, inset, width, height, corner);
  context.fill();
  context.fillStyle = "#FFFFFF";
  context.fillText(number, inset + padding, inset + height / 2);
}
