"""Angles of a body's joints, from the keypoints of its pose."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np

from bodyseg_widgets.arguments import check_choice, listed, named_arguments, names_of
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import check_share
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
"""Where an angle is measured: in 3D, or in the image."""

KeypointTriple: TypeAlias = tuple[str, str, str]
"""Names of three keypoints: an end, the vertex, the other end."""

# Names and keypoints of the angles on one side of the body.
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
"""The named angles, each with its three keypoints: first, vertex, last.

The angle is measured at the vertex, between the lines to the other two keypoints, from 0 to 180
degrees. A straight elbow, wrist or knee has 180 degrees, a bent one fewer. A shoulder has about 0
degrees with the arm hanging down, 90 with the arm held out to any side, 180 with the arm up; a hip
has 180 when standing straight and about 90 when sitting; an ankle about 90 to 120 when standing.
Left and right are the person's.
"""

_INDEX = get_keypoint_index_by_name()
_DIMENSIONS: Mapping[AngleSpace, int] = {"3d": 3, "2d": 2}
# Two keypoints closer than this (in meters or pixels) define no direction.
_SHORTEST = 1e-6


@named_arguments
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
        The pose.
    name : str or tuple of str
        One of ``STANDARD_ANGLES``, or the names of any three keypoints: first, vertex, last.
    space : {'3d', '2d'}, optional
        '3d' measures between the world landmarks, so the angle does not depend on the camera's
        position. '2d' measures in the image, between the keypoints' x and y, as with a protractor;
        it is correct only for limbs that move parallel to the image plane.
    min_score : float, optional
        Lowest score, 0 to 1, that each of the three keypoints must have.

    Returns
    -------
    float
        Degrees, 0 to 180. NaN in only two cases: one of the three keypoints has a score below
        `min_score`, or two of them coincide. Plots show a gap for NaN, and pandas ignores it in
        means.

    Raises
    ------
    InvalidOptionError
        The angle, a keypoint or the space is unknown, or `min_score` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import KEYPOINT_NAMES, Pose, joint_angle
    >>> meters = np.zeros((33, 4), np.float32)
    >>> meters[KEYPOINT_NAMES.index("left_shoulder"), :3] = (0.2, -0.5, 0.0)
    >>> meters[KEYPOINT_NAMES.index("left_elbow"), :3] = (0.2, -0.2, 0.0)
    >>> meters[KEYPOINT_NAMES.index("left_wrist"), :3] = (0.2, -0.2, -0.3)
    >>> pose = Pose(np.zeros((33, 4), np.float32), meters)
    >>> round(joint_angle(pose, "left_elbow"))
    90
    >>> round(joint_angle(pose, ("left_elbow", "left_shoulder", "left_wrist")))
    45
    """
    triple = angle_keypoints(name)
    return float(angles_between(_keypoints(pose, space), triple, space=space, min_score=min_score))


@named_arguments
def joint_angles(
    pose: Pose, *, space: AngleSpace = "3d", min_score: float = 0.0
) -> dict[str, float]:
    """Measure all angles of ``STANDARD_ANGLES``.

    Parameters
    ----------
    pose : Pose
        The pose.
    space, min_score
        See :func:`joint_angle`.

    Returns
    -------
    dict
        Name to degrees, 0 to 180; NaN as for :func:`joint_angle`.

    Raises
    ------
    InvalidOptionError
        The space is unknown, or `min_score` is not between 0 and 1.

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
    """Return the three keypoints of an angle.

    Raises
    ------
    InvalidOptionError
        `name` is neither one of ``STANDARD_ANGLES`` nor three keypoint names.

    Examples
    --------
    >>> from bodyseg_widgets.pose import angle_keypoints
    >>> angle_keypoints("left_knee")
    ('left_hip', 'left_knee', 'left_ankle')
    """
    if isinstance(name, str):
        fix = "Or give the names of three keypoints (first, vertex, last)."
        return STANDARD_ANGLES[check_choice("name", name, STANDARD_ANGLES, fix=fix)]
    triple = names_of("name", name)
    if len(triple) != len(("first", "vertex", "last")):
        raise InvalidOptionError(
            "An angle needs three keypoints (first, vertex, last), each one of "
            f"{listed(KEYPOINT_NAMES)}, but got {name!r}."
        )
    first, vertex, last = (check_choice("Each keypoint", each, KEYPOINT_NAMES) for each in triple)
    return first, vertex, last


def angles_between(
    keypoints: KeypointArray,
    triple: KeypointTriple,
    *,
    space: AngleSpace = "3d",
    min_score: float = 0.0,
) -> NDArray[np.float64]:
    """Measure one angle in one pose, or in many poses in one call.

    Parameters
    ----------
    keypoints : numpy.ndarray
        float32 (..., 33, 4): x, y, z and score of each keypoint.
    triple : tuple of str
        Names of the keypoints: first, vertex, last.
    space : {'3d', '2d'}, optional
        Whether to include z.
    min_score : float, optional
        Lowest score, 0 to 1, that each of the three keypoints must have.

    Returns
    -------
    numpy.ndarray
        float64 (...): degrees, 0 to 180; NaN as for :func:`joint_angle`.

    Raises
    ------
    InvalidOptionError
        The space is unknown, or `min_score` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose import angles_between
    >>> still = np.zeros((10, 33, 4), np.float32)
    >>> angles_between(still, ("left_hip", "left_knee", "left_ankle")).shape
    (10,)
    """
    _check_options(space, min_score)
    # In float64, because squaring world landmarks in float32 costs half a degree of accuracy near 0
    # and 180.
    corners = keypoints[..., [_INDEX[name] for name in triple], :].astype(np.float64)
    first, vertex, last = np.moveaxis(corners[..., : _DIMENSIONS[space]], -2, 0)
    to_first, to_last = first - vertex, last - vertex
    lengths = np.stack([np.linalg.norm(each, axis=-1) for each in (to_first, to_last)])
    # The tangent of half the angle is accurate near 0 and 180 degrees, where a cosine is not; it
    # requires sides of equal length.
    one, other = to_first * lengths[1][..., None], to_last * lengths[0][..., None]
    half = np.arctan2(np.linalg.norm(one - other, axis=-1), np.linalg.norm(one + other, axis=-1))
    known = (lengths > _SHORTEST).all(axis=0) & (corners[..., 3] >= min_score).all(axis=-1)
    return np.where(known, np.degrees(2 * half), math.nan)


def _keypoints(pose: Pose, space: AngleSpace) -> KeypointArray:
    return pose.keypoint_array_3d if space == "3d" else pose.keypoint_array


def _check_options(space: str, min_score: float) -> None:
    check_choice("space", space, get_args(AngleSpace))
    check_share("min_score", min_score)
