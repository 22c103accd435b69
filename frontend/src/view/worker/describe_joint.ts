/** What is said of the joint that is pointed at. */
import type { Joint } from "../../drawing/skeleton";
import type { Topology } from "../../generated";
import type { Pose } from "../../source/pose";

/** Format a number with a minus sign; no sign for 0.00. */
function signed(value: number): string {
  return value
    .toFixed(2)
    .replace(/^-(?!0\.00$)/, "−")
    .replace("-", "");
}

/** Describe a joint by name, score and, if known, its position in meters; with its person, if there
 * are several. */
export function describeJoint(
  poses: Pose[],
  { person, keypoint }: Pick<Joint, "person" | "keypoint">,
  { names, in_3d: in3d }: Topology,
): string {
  const joint = poses[person]?.keypoints[keypoint];
  const name = names[keypoint]?.replaceAll("_", " ");
  if (!joint || !name) return "";
  const who = poses.length > 1 ? [`person ${poses[person]?.id ?? person + 1}`] : [];
  const what = [...who, name, `score ${joint.score.toFixed(2)}`].join(" · ");
  if (!in3d) return what;
  const [x, y, z] = joint.world.map(signed);
  return `${what}\nx ${x} y ${y} z ${z} m`;
}
