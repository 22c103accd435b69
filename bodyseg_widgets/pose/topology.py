"""The 33 keypoints of BlazePose: their names, sides and connections.

Names, order and pairs match the pose-detection API (pose-detection/src/constants.ts of tfjs-models,
and POSE_CONNECTIONS of MediaPipe, which is the same set). Left and right are the person's.

Examples
--------
>>> from bodyseg_widgets.pose import KEYPOINT_NAMES, get_keypoint_index_by_name
>>> KEYPOINT_NAMES[get_keypoint_index_by_name()["left_knee"]]
'left_knee'
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.segmentation.bodypix.parts import KEYPOINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ADJACENT_PAIRS",
    "BLAZEPOSE_BODY",
    "BODYPIX_BODY",
    "KEYPOINT_NAMES",
    "KEYPOINT_SIDES",
    "PAIR_SIDES",
    "Body",
    "Side",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
]

KEYPOINT_NAMES: Final = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
"""The names of BlazePose's keypoints, in the order of ``Pose.keypoints``."""

# fmt: off
ADJACENT_PAIRS: Final = (
    (0, 1), (0, 4), (1, 2), (2, 3), (3, 7), (4, 5), (5, 6), (6, 8), (9, 10),
    (11, 12), (11, 13), (11, 23), (12, 14), (12, 24), (13, 15), (14, 16),
    (15, 17), (15, 19), (15, 21), (16, 18), (16, 20), (16, 22), (17, 19), (18, 20),
    (23, 24), (23, 25), (24, 26), (25, 27), (26, 28), (27, 29), (27, 31),
    (28, 30), (28, 32), (29, 31), (30, 32),
)
# fmt: on
"""The 35 pairs of keypoint indices that a skeleton connects, the smaller index first.

Upstream's list has 36 entries, because it contains (15, 17) twice.
"""


Side: TypeAlias = Literal["left", "right", "middle"]
"""A side of the body, as the person sees it."""

_SIDES: Final[tuple[Side, ...]] = ("left", "right")


def _side(name: str) -> Side:
    for side in _SIDES:
        if side in name.split("_"):
            return side
    return "middle"


KEYPOINT_SIDES: Final = tuple(_side(name) for name in KEYPOINT_NAMES)
"""``'left'``, ``'right'`` or ``'middle'`` for each keypoint: the person's sides."""


def _side_between(start: Side, end: Side) -> Side:
    """Return the side of both ends, or of the end that has one."""
    if end in {start, "middle"}:
        return start
    return end if start == "middle" else "middle"


PAIR_SIDES: Final = tuple(
    _side_between(KEYPOINT_SIDES[start], KEYPOINT_SIDES[end]) for start, end in ADJACENT_PAIRS
)
"""The side of each pair of `ADJACENT_PAIRS`."""


@dataclass(frozen=True, slots=True)
class Body:
    """The keypoints of a model's poses, and which of them a skeleton connects.

    Attributes
    ----------
    names : tuple of str
        The keypoints' names, in the order of poses.
    pairs : tuple of tuple of int
        Indices of connected keypoints.
    sides, pair_sides : tuple of str
        ``'left'``, ``'right'`` or ``'middle'`` for each keypoint and each pair.
    in_3d : bool
        Whether poses have depth and meters.
    """

    names: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    sides: tuple[Side, ...]
    pair_sides: tuple[Side, ...]
    in_3d: bool


def _body(names: tuple[str, ...], pairs: Sequence[tuple[int, int]], *, in_3d: bool) -> Body:
    sides = tuple(_side(name) for name in names)
    pair_sides = tuple(_side_between(sides[start], sides[end]) for start, end in pairs)
    return Body(names, tuple(pairs), sides, pair_sides, in_3d)


BLAZEPOSE_BODY: Final = _body(KEYPOINT_NAMES, ADJACENT_PAIRS, in_3d=True)
"""Of BlazePose."""

# fmt: off
BODYPIX_BODY: Final = _body(
    KEYPOINTS,
    (
        (0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (5, 7), (5, 11), (6, 8), (6, 12),
        (7, 9), (8, 10), (11, 12), (11, 13), (12, 14), (13, 15), (14, 16),
    ),
    in_3d=False,
)
# fmt: on
"""Of BodyPix. The pairs are COCO_CONNECTED_KEYPOINTS_PAIRS of the pose-detection API
(pose-detection/src/constants.ts of tfjs-models), for the same 17 keypoints."""


@named_arguments
def get_adjacent_pairs() -> tuple[tuple[int, int], ...]:
    """Return the pairs of keypoints that a skeleton connects.

    Returns
    -------
    tuple of tuple of int
        35 pairs of indices, each once.

    Examples
    --------
    >>> from bodyseg_widgets.pose import get_adjacent_pairs
    >>> len(get_adjacent_pairs())
    35
    """
    return ADJACENT_PAIRS


@named_arguments
def get_keypoint_index_by_side() -> Mapping[str, tuple[int, ...]]:
    """Return the indices of the keypoints on each side of the body.

    Returns
    -------
    mapping
        ``'left'``, ``'right'`` and ``'middle'`` to ascending indices.

    Examples
    --------
    >>> from bodyseg_widgets.pose import get_keypoint_index_by_side
    >>> get_keypoint_index_by_side()["middle"]
    (0,)
    """
    return MappingProxyType(
        {
            side: tuple(at for at, each in enumerate(KEYPOINT_SIDES) if each == side)
            for side in ("left", "right", "middle")
        }
    )


@named_arguments
def get_keypoint_index_by_name() -> Mapping[str, int]:
    """Return the index of each keypoint.

    Returns
    -------
    mapping
        Name to index.

    Examples
    --------
    >>> from bodyseg_widgets.pose import get_keypoint_index_by_name
    >>> get_keypoint_index_by_name()["nose"]
    0
    """
    return MappingProxyType({name: at for at, name in enumerate(KEYPOINT_NAMES)})
