"""Angles of a body's joints, from the keypoints of its pose."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES, get_keypoint_index_by_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.pose.types import KeypointArray, Pose

__all__ = [
    "STANDARD_ANGLES",
    "AngleSpace",
    "KeypointTriple",
    "angle_keypoints",
    "angles_between",
    "joint_angle",
    "joint_angles",
]

AngleSpace: TypeAlias = Literal["3d", "2d"]
"""Where an angle is measured: in space, or in the picture."""

KeypointTriple: TypeAlias = tuple[str, str, str]
"""Names of three keypoints: an end, the vertex, the other end."""

# What each angle is called, and its limbs' ends, on one side of the body.
_ONE_SIDE = {
    "shoulder": ("elbow", "shoulder", "hip"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "wrist": ("elbow", "wrist", "index"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
    "ankle": ("knee", "ankle", "foot_index"),
}

STANDARD_ANGLES: Final[Mapping[str, KeypointTriple]] = MappingProxyType(
    {
        f"{side}_{joint}": (f"{side}_{first}", f"{side}_{vertex}", f"{side}_{last}")
        for joint, (first, vertex, last) in _ONE_SIDE.items()
        for side in ("left", "right")
    }
)
"""The angles that have a name, each with its three keypoints: first, vertex, last.

The angle is the one at the vertex between the straight lines to the other two, from 0 to 180
degrees. So an elbow, a wrist or a knee that is straight has 180 degrees, and the more it is
bent the fewer. A shoulder has about 0 degrees with the arm hanging down, 90 with the arm held
out to any side, 180 with the arm up; a hip 180 when standing straight and about 90 when
sitting; an ankle about 90 to 120 when standing. Left and right are the person's own.
"""

_INDEX = get_keypoint_index_by_name()
_DIMENSIONS: Mapping[AngleSpace, int] = {"3d": 3, "2d": 2}
# Two keypoints nearer to each other than this fraction of a metre or pixel give no direction.
_SHORTEST = 1e-6


def joint_angle(
    pose: Pose,
    name: str | KeypointTriple,
    *,
    space: AngleSpace = "3d",
    min_score: float = 0.0,
) -> float:
    """Measure the angle at a joint.

    Parameters
    ----------
    pose : Pose
        Whose joint.
    name : str or tuple of str
        One of ``STANDARD_ANGLES``, or the names of any three keypoints: first, vertex, last.
    space : {'3d', '2d'}, optional
        '3d' measures between the world landmarks, so the angle is the body's own from
        whichever side it is seen. '2d' measures in the picture, between the keypoints' x and
        y: what one would read off with a protractor, right only for a limb that moves
        parallel to the picture.
    min_score : float, optional
        Which score, 0 to 1, all three keypoints must at least have.

    Returns
    -------
    float
        Degrees, 0 to 180. NaN in two cases only: one of the three keypoints has a score below
        `min_score`, or two of them lie in the same place. With NaN a plot has a gap, and
        pandas' means leave it out.

    Raises
    ------
    InvalidOptionError
        An unknown angle, keypoint or space, or a `min_score` that is no score.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import KEYPOINT_NAMES, Pose, joint_angle
    >>> metres = np.zeros((33, 4), np.float32)
    >>> metres[KEYPOINT_NAMES.index("left_shoulder"), :3] = (0.2, -0.5, 0.0)
    >>> metres[KEYPOINT_NAMES.index("left_elbow"), :3] = (0.2, -0.2, 0.0)
    >>> metres[KEYPOINT_NAMES.index("left_wrist"), :3] = (0.2, -0.2, -0.3)
    >>> pose = Pose(np.zeros((33, 4), np.float32), metres)
    >>> round(joint_angle(pose, "left_elbow"))
    90
    >>> round(joint_angle(pose, ("left_elbow", "left_shoulder", "left_wrist")))
    45
    """
    triple = angle_keypoints(name)
    return float(angles_between(_keypoints(pose, space), triple, space=space, min_score=min_score))


def joint_angles(
    pose: Pose, *, space: AngleSpace = "3d", min_score: float = 0.0
) -> dict[str, float]:
    """Measure all angles of ``STANDARD_ANGLES``.

    Parameters
    ----------
    pose : Pose
        Whose joints.
    space, min_score
        As for :func:`joint_angle`.

    Returns
    -------
    dict
        Name to degrees, 0 to 180; NaN as for :func:`joint_angle`.

    Raises
    ------
    InvalidOptionError
        An unknown space, or a `min_score` that is no score.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Pose, joint_angles
    >>> corners = np.random.default_rng(0).uniform(size=(33, 4)).astype(np.float32)
    >>> angles = joint_angles(Pose(corners, corners.copy()))
    >>> len(angles), all(0 <= degrees <= 180 for degrees in angles.values())
    (12, True)
    """
    return {
        name: joint_angle(pose, name, space=space, min_score=min_score) for name in STANDARD_ANGLES
    }


def angle_keypoints(name: str | KeypointTriple) -> KeypointTriple:
    """Give the three keypoints of an angle.

    Raises
    ------
    InvalidOptionError
        `name` is neither one of ``STANDARD_ANGLES`` nor three names of keypoints.

    Examples
    --------
    >>> from bodyseg_widgets.pose import angle_keypoints
    >>> angle_keypoints("left_knee")
    ('left_hip', 'left_knee', 'left_ankle')
    """
    if isinstance(name, str):
        if name not in STANDARD_ANGLES:
            raise InvalidOptionError(
                f"name must be one of {_listed(STANDARD_ANGLES)}, or the names of three "
                f"keypoints (first, vertex, last), but got {name!r}."
            )
        return STANDARD_ANGLES[name]
    if len(name) != len(("first", "vertex", "last")) or any(each not in _INDEX for each in name):
        raise InvalidOptionError(
            "An angle has three keypoints (first, vertex, last), each one of "
            f"{_listed(KEYPOINT_NAMES)}, but got {name!r}."
        )
    return name


def angles_between(
    keypoints: KeypointArray,
    triple: KeypointTriple,
    *,
    space: AngleSpace = "3d",
    min_score: float = 0.0,
) -> NDArray[np.float64]:
    """Measure one angle in one pose, or in many poses at once.

    Parameters
    ----------
    keypoints : numpy.ndarray
        float32 (..., 33, 4): x, y, z and score of each keypoint.
    triple : tuple of str
        Names of its keypoints: first, vertex, last.
    space : {'3d', '2d'}, optional
        Whether z counts.
    min_score : float, optional
        Which score, 0 to 1, all three keypoints must at least have.

    Returns
    -------
    numpy.ndarray
        float64 (...): degrees, 0 to 180; NaN as for :func:`joint_angle`.

    Raises
    ------
    InvalidOptionError
        An unknown space, or a `min_score` that is no score.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose import angles_between
    >>> still = np.zeros((10, 33, 4), np.float32)
    >>> angles_between(still, ("left_hip", "left_knee", "left_ankle")).shape
    (10,)
    """
    _check_options(space, min_score)
    # In float64, because float32 squares of world landmarks leave half a degree near 0 and 180.
    corners = keypoints[..., [_INDEX[name] for name in triple], :].astype(np.float64)
    first, vertex, last = np.moveaxis(corners[..., : _DIMENSIONS[space]], -2, 0)
    to_first, to_last = first - vertex, last - vertex
    lengths = np.stack([np.linalg.norm(each, axis=-1) for each in (to_first, to_last)])
    # Half the angle has a tangent that is exact near 0 and near 180 degrees, where a cosine is
    # not; it needs both sides to be of one length.
    one, other = to_first * lengths[1][..., None], to_last * lengths[0][..., None]
    half = np.arctan2(np.linalg.norm(one - other, axis=-1), np.linalg.norm(one + other, axis=-1))
    known = (lengths > _SHORTEST).all(axis=0) & (corners[..., 3] >= min_score).all(axis=-1)
    return np.where(known, np.degrees(2 * half), math.nan)


def _keypoints(pose: Pose, space: AngleSpace) -> KeypointArray:
    return pose.keypoint_array_3d if space == "3d" else pose.keypoint_array


def _check_options(space: str, min_score: float) -> None:
    if space not in get_args(AngleSpace):
        raise InvalidOptionError(
            f"space must be '3d' (world landmarks) or '2d' (the picture), but got {space!r}."
        )
    if not 0 <= min_score <= 1:
        raise InvalidOptionError(f"min_score must be a score from 0 to 1, but got {min_score!r}.")


def _listed(names: Mapping[str, object] | tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in names)
