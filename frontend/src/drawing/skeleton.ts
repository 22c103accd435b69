/** The geometry of drawn skeletons. */

import { type Side, SKELETON, type Topology } from "../generated";
import type { Pose } from "../source/pose";

/** How poses are drawn over an image that is `width` units wide. */
export interface Layout {
  width: number;
  /** Units for each pixel of the frame. */
  scale: number;
  mirror: boolean;
  /** Joints with lower scores are hidden. */
  scoreThreshold: number;
}

export interface Joint {
  /** Which pose, and which of its keypoints. */
  person: number;
  keypoint: number;
  x: number;
  y: number;
  radius: number;
  side: Side;
  opacity: number;
}

interface Bone {
  from: Joint;
  to: Joint;
  width: number;
  side: Side;
  opacity: number;
}

export interface Skeleton {
  /** Farthest from the camera first. */
  bones: Bone[];
  joints: Joint[];
}

/** The side of a bone: that of its ends, or of the end that has one. */
function boneSide(from: Side, to: Side): Side {
  if (from === to || to === "middle") return from;
  return from === "middle" ? to : "middle";
}

/** Lay out one pose; `person` is its index among the poses. */
export function skeleton(pose: Pose, person: number, topology: Topology, layout: Layout): Skeleton {
  const { width, scale, mirror, scoreThreshold } = layout;
  const size = Math.min(Math.max(width / SKELETON.usualWidth, 0.65), 1.5);
  const joints = pose.keypoints.map(
    ({ x, y, score }, keypoint): Joint => ({
      person,
      keypoint,
      x: mirror ? width - x * scale : x * scale,
      y: y * scale,
      radius: SKELETON.jointRadius * size,
      side: topology.sides[keypoint] ?? "middle",
      opacity: score < scoreThreshold ? 0 : Math.max(score, SKELETON.faintest),
    }),
  );
  const depth = (bone: Bone) =>
    (pose.keypoints[bone.from.keypoint]?.z ?? 0) + (pose.keypoints[bone.to.keypoint]?.z ?? 0);
  const bones: Bone[] = [];
  for (const [a, b] of topology.pairs) {
    const [from, to] = [joints[a], joints[b]];
    if (!from || !to) continue;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    for (const joint of [from, to])
      joint.radius = Math.min(
        joint.radius,
        Math.max(length / 3, SKELETON.smallest * SKELETON.jointRadius * size),
      );
    const opacity = Math.min(from.opacity, to.opacity);
    if (opacity === 0) continue;
    const thin = Math.max(length / 4, SKELETON.smallest * SKELETON.boneWidth * size);
    bones.push({
      from,
      to,
      width: Math.min(SKELETON.boneWidth * size, thin),
      side: boneSide(from.side, to.side),
      opacity,
    });
  }
  bones.sort((one, other) => depth(other) - depth(one));
  return { bones, joints: joints.filter(({ opacity }) => opacity > 0) };
}

/** The joint nearest to a place, within `reach` units. */
export function jointAt(skeletons: Skeleton[], x: number, y: number, reach: number): Joint | null {
  let nearest: Joint | null = null;
  let least = reach;
  for (const { joints } of skeletons) {
    for (const joint of joints) {
      const distance = Math.hypot(joint.x - x, joint.y - y);
      if (distance > least) continue;
      nearest = joint;
      least = distance;
    }
  }
  return nearest;
}
