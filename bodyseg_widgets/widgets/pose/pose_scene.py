"""Poses as the lines and points of a 3D plot: pure functions on arrays.

The plot's frame, in meters: x to the right, y away from the viewer, z up. A pose's own frame
has y down and z away (see :attr:`Pose.keypoints_3d`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.pose import ADJACENT_PAIRS, KEYPOINT_NAMES, KEYPOINT_SIDES, PAIR_SIDES
from bodyseg_widgets.rendering.skeleton import FAINTEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose import Pose, TimedPoses

Points = NDArray[np.float32]

SIDES: Final = ("left", "right", "middle")
"""The sides of the body, in the order of their colors."""

BETWEEN_PEOPLE = 1.0
"""Meters between the hips of people who are drawn side by side."""

FLOOR = -0.9
"""The height of the floor while no feet are visible, in meters: under a standing adult."""

_PAIRS = np.array(ADJACENT_PAIRS)
_SEEN = 0.5
_FEET = [
    at for at, name in enumerate(KEYPOINT_NAMES) if name.endswith(("ankle", "heel", "foot_index"))
]
_GAP = np.full((len(ADJACENT_PAIRS), 1), np.nan, np.float32)


_JOINT_SIDES = np.array([SIDES.index(side) for side in KEYPOINT_SIDES], np.float32)
_BONE_SIDES = np.array([SIDES.index(side) for side in PAIR_SIDES], np.float32)


def from_left_to_right(poses: Sequence[Pose], *, mirror: bool) -> list[Pose]:
    """Return people from left to right, as the image shows them.

    Parameters
    ----------
    poses : sequence of Pose
        The people.
    mirror : bool
        Whether the image is mirrored.
    """
    return sorted(poses, key=lambda pose: pose.box.x_min + pose.box.x_max, reverse=mirror)


def places(count: int) -> Points:
    """Return the x of people's hips, side by side around 0.

    Returns
    -------
    numpy.ndarray
        float32 (count,), meters.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.pose.pose_scene import places
    >>> places(3).tolist()
    [-1.0, 0.0, 1.0]
    """
    return (np.arange(count, dtype=np.float32) - (count - 1) / 2) * BETWEEN_PEOPLE


def upright(landmarks: Points, *, mirror: bool, place: float = 0.0) -> Points:
    """Return a pose's keypoints in the coordinates of the plot.

    Parameters
    ----------
    landmarks : numpy.ndarray
        float32 (..., 3 or more): x, y, z in a pose's frame, meters.
    mirror : bool
        Whether left and right are swapped, as in a mirror.
    place : float, optional
        Where the hips are along x, meters.

    Returns
    -------
    numpy.ndarray
        float32 (..., 3): x, y, z in the plot's frame, meters.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.widgets.pose.pose_scene import upright
    >>> upright(np.array([0.5, -0.25, 0.125], np.float32), mirror=True).tolist()
    [-0.5, 0.125, 0.25]
    """
    x, y, z = landmarks[..., 0], landmarks[..., 1], landmarks[..., 2]
    return np.stack([(-x if mirror else x) + np.float32(place), z, -y], axis=-1)


def bones(points: Points) -> Points:
    """Return the skeleton as one line with gaps.

    Parameters
    ----------
    points : numpy.ndarray
        float32 (33, 3), one person's keypoints in the plot's frame.

    Returns
    -------
    numpy.ndarray
        float32 (105, 3): for each pair of ``ADJACENT_PAIRS`` its two ends, and NaN.
    """
    ends = points[_PAIRS]
    return np.concatenate(
        [ends, np.broadcast_to(_GAP[..., None], (len(ends), 1, 3))], axis=1
    ).reshape(-1, 3)


def joint_shades(scores: Points) -> Points:
    """Return the number of each joint's color.

    Parameters
    ----------
    scores : numpy.ndarray
        float32 (33,), 0 to 1.

    Returns
    -------
    numpy.ndarray
        float32 (33,): the joint's place in ``SIDES``, plus how little it is faded, 0 to 1.
    """
    return _JOINT_SIDES + _strength(scores)


def bone_shades(scores: Points) -> Points:
    """Return the number of the color of each point of :func:`bones`.

    Parameters
    ----------
    scores : numpy.ndarray
        float32 (33,), 0 to 1. A bone is as faint as the fainter of its ends.

    Returns
    -------
    numpy.ndarray
        float32 (105,): as for :func:`joint_shades`.
    """
    return np.repeat(_BONE_SIDES + _strength(scores[_PAIRS].min(axis=1)), 3)


def found_first(poses: Sequence[Pose]) -> Pose:
    """Return the person who was found first."""
    return min(poses, key=lambda pose: math.inf if pose.id is None else pose.id)


def trail(
    moments: Sequence[TimedPoses], pose_id: int | None, keypoint: int, *, seconds: float
) -> tuple[Points, Points]:
    """Return a joint's path through the last seconds.

    Parameters
    ----------
    moments : sequence of TimedPoses
        What to look through, the oldest first.
    pose_id : int or None
        Whose joint: :attr:`Pose.id`.
    keypoint : int
        Index of the joint.
    seconds : float
        How much of the path.

    Returns
    -------
    path : numpy.ndarray
        float32 (n, 3), meters in a pose's frame; NaN where the person was not found.
    ages : numpy.ndarray
        float32 (n,), 0 for now to 1 for `seconds` ago.
    """
    if not moments:
        return np.empty((0, 3), np.float32), np.empty(0, np.float32)
    now = moments[-1].time
    recent = [moment for moment in moments if moment.time >= now - seconds]
    path = np.full((len(recent), 3), np.nan, np.float32)
    for row, moment in zip(path, recent, strict=True):
        for pose in moment.poses:
            if pose.id == pose_id:
                row[:] = pose.keypoint_array_3d[keypoint, :3]
    ages = np.array([(now - moment.time) / seconds for moment in recent], np.float32)
    return path, ages


def floor_height(poses: Sequence[Pose]) -> float | None:
    """Return the height of the floor under people.

    World landmarks say where a body is from its hips, not from the ground. But where feet are
    seen, the ground is under the lowest point of the body.

    Returns
    -------
    float or None
        Meters above the hips, so usually negative; None where no foot is seen.
    """
    standing = [
        pose.keypoint_array_3d for pose in poses if pose.keypoint_array_3d[_FEET, 3].max() >= _SEEN
    ]
    if not standing:
        return None
    seen = np.concatenate([array[array[:, 3] >= _SEEN, 1] for array in standing])
    return -float(seen.max())


def floor_grid(height: float, *, half_width: float, half_depth: float, cell: float) -> Points:
    """Return the floor as one line with gaps.

    Parameters
    ----------
    height : float
        Its z, meters.
    half_width, half_depth : float
        How far it reaches from the middle along x and y, meters.
    cell : float
        Side of a square, meters.

    Returns
    -------
    numpy.ndarray
        float32 (3 n, 3): for each of the n lines its two ends, and NaN.
    """
    columns = _steps(half_width, cell)
    rows = _steps(half_depth, cell)
    gap = (np.nan, np.nan, np.nan)
    lines = [
        *([(x, -half_depth, height), (x, half_depth, height), gap] for x in columns),
        *([(-half_width, y, height), (half_width, y, height), gap] for y in rows),
    ]
    return np.array(lines, np.float32).reshape(-1, 3)


def _steps(half: float, cell: float) -> list[float]:
    count = round(half / cell)
    return [step * cell for step in range(-count, count + 1)]


def _strength(scores: Points) -> Points:
    # Never quite 1, which would be the faintest of the next side.
    return np.clip(scores, FAINTEST, 0.99).astype(np.float32)
