/** The label at the pointer: what is there, in words. */

import type { Joint } from "../drawing/skeleton";
import type { Topology } from "../generated";
import { element, setText } from "../kit/dom";
import type { Place } from "../kit/pointer";
import type { Pose } from "../source/pose";

/** Between the pointer and the label, and between the label and the image's edge, px. */
const AWAY = 12;
const MARGIN = 4;

/** A number with its sign as people write it; what rounds to 0 has none. */
function signed(value: number): string {
  return value
    .toFixed(2)
    .replace(/^-(?!0\.00$)/, "−")
    .replace("-", "");
}

/** Name a joint, with its score and its place in space; with its person, if there are several. */
export function describeJoint(
  poses: Pose[],
  { person, keypoint }: Pick<Joint, "person" | "keypoint">,
  { names }: Topology,
): string {
  const joint = poses[person]?.keypoints[keypoint];
  const name = names[keypoint]?.replaceAll("_", " ");
  if (!joint || !name) return "";
  const who = poses.length > 1 ? [`person ${poses[person]?.id ?? person + 1}`] : [];
  const [x, y, z] = joint.world.map(signed);
  const what = [...who, name, `score ${joint.score.toFixed(2)}`].join(" · ");
  return `${what}\nx ${x} y ${y} z ${z} m`;
}

/**
 * Say in one sentence what the label shows, and where, for people who do not see either.
 *
 * @param frame the number of the frame it was found in, where it is of one
 */
export function spoken(text: string, { x, y }: Place, frame?: number): string {
  const what = text.replaceAll(/ · |\n/g, ", ");
  const percent = (share: number) => `${Math.round(share * 100)} percent`;
  const of = frame === undefined ? "" : `frame ${frame}, `;
  return `${of}${what}, at ${percent(x)} from the left, ${percent(y)} from the top`;
}

export class HoverReadout {
  readonly el = element("div", { class: "bodyseg-probe", hidden: "" });

  /** Show `text` beside a place of the frame, in px, wholly inside the frame. */
  show(text: string, x: number, y: number, frame: { width: number; height: number }): void {
    const { el } = this;
    el.hidden = false;
    setText(el, text);
    const { offsetWidth: width, offsetHeight: height } = el;
    const right = x + AWAY + width + MARGIN <= frame.width;
    const above = y - AWAY - height >= MARGIN;
    const left = right ? x + AWAY : x - AWAY - width;
    const top = above ? y - AWAY - height : y + AWAY;
    const into = (value: number, most: number) => Math.max(Math.min(value, most), MARGIN);
    el.style.left = `${into(left, frame.width - width - MARGIN)}px`;
    el.style.top = `${into(top, frame.height - height - MARGIN)}px`;
  }

  hide(): void {
    this.el.hidden = true;
  }
}
