/** Poses in 3D that can be turned: drawn on a canvas, because plotly.js would be 5 MB. */
import { SIDE_COLORS, type Side, type Topology } from "../generated";
import { requireContext } from "../kit/canvas";
import { element } from "../kit/dom";
import type { Pose } from "../source/pose";

/** A place in meters: x to the right, y up, z toward the viewer; 0 between the hips. */
export type Place = readonly [x: number, y: number, z: number];

/** Where the viewer stands, in radians. */
export interface Angle {
  turn: number;
  tilt: number;
}

const FIRST: Angle = { turn: -0.5, tilt: 0.2 };
/** Radians for each pixel of a drag, and for a key. */
const PER_PIXEL = 0.01;
const PER_KEY = Math.PI / 24;
const MOST_TILT = 1.4;
/** Meters that the drawing is high, and between people. */
const HEIGHT = 2.3;
const BETWEEN = 1;
/** The floor's squares, in meters. */
const CELL = 0.25;
const FLOOR_CELLS = 4;
const UNSEEN = 0.5;

/** Turn a place, and look at it from far away: x and y in meters, z toward the viewer. */
export function seen([x, y, z]: Place, { turn, tilt }: Angle): Place {
  const across = x * Math.cos(turn) + z * Math.sin(turn);
  const toward = z * Math.cos(turn) - x * Math.sin(turn);
  const up = y * Math.cos(tilt) - toward * Math.sin(tilt);
  return [across, up, toward * Math.cos(tilt) + y * Math.sin(tilt)];
}

/** The keypoints' places, of people side by side. */
export function placesOf(poses: Pose[], mirror: boolean): Place[][] {
  return poses.map(({ keypoints }, at) => {
    const beside = (at - (poses.length - 1) / 2) * BETWEEN;
    // A pose's own y points down, and its z away from the viewer.
    return keypoints.map(({ world: [x, y, z] }): Place => [(mirror ? -x : x) + beside, -y, -z]);
  });
}

/** People from left to right, as the image shows them. */
export function inOrder(poses: Pose[], mirror: boolean): Pose[] {
  const middle = ({ keypoints }: Pose) =>
    keypoints.reduce((sum, { x }) => sum + x, 0) / keypoints.length;
  const sign = mirror ? -1 : 1;
  return [...poses].sort((one, other) => sign * (middle(one) - middle(other)));
}

/** Show poses; dragging and the arrow keys turn them. */
export function turntable(found: Pose[], topology: Topology, mirror: boolean): HTMLElement {
  const poses = inOrder(found, mirror);
  const canvas = element("canvas", {
    class: "turntable",
    width: "840",
    height: "720",
    tabindex: "0",
    role: "img",
    "aria-label": "The pose in 3D. Arrow keys turn it, Home turns it back.",
  });
  const context = requireContext(canvas.getContext("2d"));
  const people = placesOf(poses, mirror);
  let angle = FIRST;
  const draw = () => drawPeople(context, people, poses, topology, angle);
  const turnTo = (turn: number, tilt: number) => {
    angle = { turn, tilt: Math.min(Math.max(tilt, -MOST_TILT), MOST_TILT) };
    draw();
  };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", ({ buttons, movementX, movementY }) => {
    if (buttons & 1) turnTo(angle.turn + movementX * PER_PIXEL, angle.tilt + movementY * PER_PIXEL);
  });
  canvas.addEventListener("keydown", (event) => {
    const [turn, tilt] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ??
      [];
    if (event.key === "Home") turnTo(FIRST.turn, FIRST.tilt);
    else if (turn === undefined || tilt === undefined) return;
    else turnTo(angle.turn + turn * PER_KEY, angle.tilt + tilt * PER_KEY);
    event.preventDefault();
  });
  draw();
  return canvas;
}

function drawPeople(
  context: CanvasRenderingContext2D,
  people: Place[][],
  poses: Pose[],
  { pairs, sides }: Topology,
  angle: Angle,
): void {
  const { width, height } = context.canvas;
  const scale = height / Math.max(HEIGHT, people.length * BETWEEN + 0.8);
  const at = (place: Place): [number, number] => {
    const [x, y] = seen(place, angle);
    return [width / 2 + x * scale, height / 2 - y * scale];
  };
  const line = (from: Place, to: Place) => {
    context.beginPath();
    context.moveTo(...at(from));
    context.lineTo(...at(to));
    context.stroke();
  };
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  context.lineWidth = 1.5;
  context.strokeStyle = "rgb(128 128 128 / 0.4)";
  const lowest = Math.min(-0.2, ...people.flat().map(([, y]) => y));
  const half = FLOOR_CELLS * CELL;
  for (let index = -FLOOR_CELLS; index <= FLOOR_CELLS; index += 1) {
    line([index * CELL, lowest, -half], [index * CELL, lowest, half]);
    line([-half, lowest, index * CELL], [half, lowest, index * CELL]);
  }
  const bones = people.flatMap((places, person) =>
    pairs.flatMap(([a, b]) => {
      const [from, to] = [places[a], places[b]];
      if (!from || !to) return [];
      const score = (index: number) => poses[person]?.keypoints[index]?.score ?? 0;
      const depth = seen(from, angle)[2] + seen(to, angle)[2];
      const side = sideOf(sides[a], sides[b]);
      return [{ from, to, depth, side, faint: Math.min(score(a), score(b)) < UNSEEN }];
    }),
  );
  bones.sort((one, other) => one.depth - other.depth);
  for (const { from, to, side, faint } of bones) {
    context.globalAlpha = faint ? 0.3 : 1;
    context.lineWidth = 8;
    context.strokeStyle = side === "middle" ? "#8a8a8a" : SIDE_COLORS[side];
    line(from, to);
  }
  context.globalAlpha = 1;
}

function sideOf(from: Side = "middle", to: Side = "middle"): Side {
  if (from === to || to === "middle") return from;
  return from === "middle" ? to : "middle";
}
