"""Poses in space as the lines of a picture, for a notebook without a kernel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.cards.plots import PlotLine
from bodyseg_widgets.pose import ADJACENT_PAIRS, PAIR_SIDES
from bodyseg_widgets.rendering.skeleton import SIDE_COLORS
from bodyseg_widgets.widgets.pose import pose_scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.widgets.pose.pose_scene import Points

__all__ = ["pose_lines"]

_TURN, _TILT = math.radians(20), math.radians(12)
"""Where the viewer stands: about where the live plot begins."""

_FLOOR: Final = (84, 92, 103)
_BONE, _THIN = 4, 1
_CELL = 0.5


def pose_lines(poses: Sequence[Pose], *, mirror: bool) -> list[PlotLine]:
    """Return the skeletons of people on their floor, as they are seen from the front.

    Parameters
    ----------
    poses : sequence of Pose
        The people.
    mirror : bool
        Whether left and right are swapped, as in a mirror.

    Returns
    -------
    list of PlotLine
        In meters, from back to front; empty without people.
    """
    people = pose_scene.from_left_to_right(poses, mirror=mirror)
    if not people:
        return []
    height = pose_scene.floor_height(people)
    floor = pose_scene.floor_grid(
        pose_scene.FLOOR if height is None else height,
        half_width=len(people) * pose_scene.BETWEEN_PEOPLE / 2 + _CELL,
        half_depth=2 * _CELL,
        cell=_CELL,
    )
    bones: list[tuple[float, PlotLine]] = []
    for pose, place in zip(people, pose_scene.places(len(people)).tolist(), strict=True):
        joints = pose_scene.upright(pose.keypoint_array_3d, mirror=mirror, place=place)
        for pair, side in zip(ADJACENT_PAIRS, PAIR_SIDES, strict=True):
            ends = joints[[*pair]]
            line = PlotLine(_seen(ends), SIDE_COLORS[side], width=_BONE)
            bones.append((float(ends[:, 1].mean()), line))
    # What is farther away is drawn first.
    bones.sort(key=lambda bone: -bone[0])
    return [PlotLine(_seen(floor), _FLOOR, width=_THIN), *(line for _, line in bones)]


def _seen(points: Points) -> Points:
    """Return where a viewer far away sees points: float32 (n, 2), x to the right and y up."""
    x, away, up = points[:, 0], points[:, 1], points[:, 2]
    forward = away * math.cos(_TURN) - x * math.sin(_TURN)
    across = x * math.cos(_TURN) + away * math.sin(_TURN)
    seen: Points = np.column_stack([across, up * math.cos(_TILT) + forward * math.sin(_TILT)])
    return seen
