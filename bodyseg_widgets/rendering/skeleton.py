"""Draw skeletons over the image, like the live views."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import check_share
from bodyseg_widgets.pose import AnyPose, Pose, body_of
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, opened
from bodyseg_widgets.rendering.mirror import mirrored
from bodyseg_widgets.rendering.strokes import capsules, paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.topology import Side

__all__ = ["PosesLike", "draw_skeleton"]

PosesLike: TypeAlias = "AnyPose | Sequence[AnyPose]"
"""One pose, or several as a detector returns them."""

# Colors, sizes and rules match frontend/src/drawing: look.ts, skeleton.ts and skeleton_layer.ts.

SIDE_COLORS: Final = {"left": (86, 180, 233), "right": (230, 159, 0), "middle": (255, 255, 255)}
"""Okabe and Ito's sky blue and orange, which color-blind people can tell apart, and white."""

_CASING = (0, 0, 0)
_CASING_OPACITY = 0.65
_CASING_WIDTH = 1.0
"""How far the dark outline extends on each side, in pixels."""

BONE_WIDTH: Final = 3.0
JOINT_RADIUS: Final = 4.0
USUAL_WIDTH: Final = 640
"""Image width, in pixels, at which bones and joints have these sizes."""

SMALLEST: Final = 0.4
"""If joints are close together, as in a face, they are drawn smaller, down to this factor."""

FAINTEST: Final = 0.15
"""An uncertain joint is faint, not invisible; hiding joints is the threshold's job."""

_THICKEST = 100.0
"""The largest blur, in pixels; far more than leaves anything of an image visible."""

_FARTHEST = 1e5
"""Pixels from the image's corner; points farther away, or NaN, are not drawn."""


@named_arguments
def draw_skeleton(
    image: AnyImage,
    poses: PosesLike,
    score_threshold: float = 0.5,
    flip_horizontal: bool = False,
    *,
    line_width: float | None = None,
    keypoint_radius: float | None = None,
) -> AnyImage:
    """Draw the skeletons of people over the image.

    The person's left side is sky blue, the right side orange and the middle white, each with a dark
    outline. Bones farther from the camera are drawn first. The lower a keypoint's score, the
    fainter it and its bones are.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    poses : Pose, BodyPixPose or sequence of them
        The people in the image. For an empty sequence the image is unchanged.
    score_threshold : float
        0 to 1. Keypoints with a lower score are not drawn, nor are their bones.
    flip_horizontal : bool
        Whether to mirror the result. Left remains the person's left.
    line_width : float or None
        Width of a bone in pixels, 0 to 100; 0 for none. None: 3 for an image 640 pixels wide,
        scaled in proportion by 0.65 to 1.5. Lines thinner than 1.7 pixels are drawn 1.7 pixels
        wide.
    keypoint_radius : float or None
        Radius of a keypoint's dot, in pixels, 0 to 100; 0 for none. None: 4, scaled the same way.

        If keypoints are close together, as in a face, both are drawn smaller, down to 0.4 times the
        size.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array.

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from a pose's mask.
    InvalidOptionError
        The threshold or a size is out of range, or `poses` are not poses.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose import Pose
    >>> from bodyseg_widgets import draw_skeleton
    >>> keypoints = np.zeros((33, 4), np.float32)
    >>> keypoints[11] = 20, 20, 0, 1
    >>> keypoints[13] = 60, 20, 0, 1
    >>> upper_arm = Pose(keypoints, np.zeros((33, 4), np.float32))
    >>> draw_skeleton(np.zeros((40, 80, 3), np.uint8), upper_arm, line_width=4)[20, 40].tolist()
    [86, 180, 233]
    """
    pixels, give_back = opened(image)
    check_share("score_threshold", score_threshold)
    scale = min(max(pixels.shape[1] / USUAL_WIDTH, 0.65), 1.5)
    bone_width = _checked("line_width", line_width, BONE_WIDTH * scale)
    joint_radius = _checked("keypoint_radius", keypoint_radius, JOINT_RADIUS * scale)
    drawn = pixels.copy()
    for pose in _listed(poses):
        if isinstance(pose, Pose) and pose.has_segmentation:
            check_size(pixels, pose.segmentation.mask.size, "pose's mask")
        _draw(drawn, pose, score_threshold, bone_width, joint_radius)
    return mirrored(give_back(drawn), flip_horizontal)


def _listed(poses: PosesLike) -> list[AnyPose]:
    try:
        found = [poses] if isinstance(poses, AnyPose) else [*poses]
    except TypeError:
        found = None
    if found is None or not all(isinstance(each, AnyPose) for each in found):
        raise InvalidOptionError(
            f"Expect a Pose or a list of them, as estimate_poses() returns it, but got "
            f"{in_short(poses)}. Write draw_skeleton(image, detector.estimate_poses(image))."
        )
    return found


def _checked(name: str, given: float | None, usual: float) -> float:
    if given is None:
        return usual
    if not 0 <= given <= _THICKEST:
        raise InvalidOptionError(
            f"{name} must be a number of pixels from 0 to {_THICKEST:g}, or None for a size that "
            f"fits the image, but got {given!r}."
        )
    return given


def _draw(
    pixels: RgbImage, pose: AnyPose, score_threshold: float, bone_width: float, joint_radius: float
) -> None:
    keypoints = pose.keypoint_array.astype(np.float64)
    places, score = keypoints[:, :2], keypoints[:, -1]
    body = body_of(pose)
    depth = keypoints[:, 2] if body.in_3d else np.zeros(len(places))
    ends = np.array(body.pairs).T
    somewhere = np.abs(places).max(axis=1) < _FARTHEST
    seen = somewhere & (score >= score_threshold)
    opacity = np.where(seen, np.maximum(score, FAINTEST), 0)
    length = _lengths(places, somewhere, ends)
    if bone_width > 0:
        width = np.minimum(bone_width, np.maximum(length / 4, SMALLEST * bone_width))
        bones = _in_order(depth, seen, ends)
        colors = [SIDE_COLORS[body.pair_sides[bone]] for bone in bones]
        _draw_bones(pixels, places, width[bones], ends[:, bones], opacity, colors)
    if joint_radius > 0:
        radius = np.full(len(places), joint_radius)
        for end in ends:
            np.minimum.at(radius, end, np.maximum(length / 3, SMALLEST * joint_radius))
        _draw_joints(pixels, places, radius, opacity, body.sides)


def _lengths(
    places: NDArray[np.float64], somewhere: NDArray[np.bool_], ends: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return each bone's length; infinite if an end has no position, so it shrinks nothing."""
    start, end = ends
    known = np.flatnonzero(somewhere[start] & somewhere[end])
    length = np.full(len(start), math.inf)
    x, y = (places[end[known]] - places[start[known]]).T
    length[known] = np.hypot(x, y)
    return length


def _in_order(
    depth: NDArray[np.float64], seen: NDArray[np.bool_], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the visible bones, the farthest from the camera first."""
    start, end = ends
    bones = np.flatnonzero(seen[start] & seen[end])
    distance = (depth[start] + depth[end])[bones]
    return np.asarray(bones[np.argsort(-distance, kind="stable")])


def _draw_bones(
    pixels: RgbImage,
    places: NDArray[np.float64],
    width: NDArray[np.float64],
    ends: NDArray[np.intp],
    opacity: NDArray[np.float64],
    colors: Sequence[tuple[int, int, int]],
) -> None:
    start, end = places[ends]
    opaque = np.minimum(*opacity[ends])
    casings = [_CASING] * len(colors)
    around = capsules(start, end, width + 2 * _CASING_WIDTH)
    paint(pixels, around, casings, (_CASING_OPACITY * opaque).tolist())
    paint(pixels, capsules(start, end, width), colors, opaque.tolist())


def _draw_joints(
    pixels: RgbImage,
    places: NDArray[np.float64],
    radius: NDArray[np.float64],
    opacity: NDArray[np.float64],
    sides: Sequence[Side],
) -> None:
    joints = np.flatnonzero(opacity)
    # Each outline directly before its dot, so that touching dots stay distinguishable.
    at = np.repeat(places[joints], 2, axis=0)
    wider, fainter = [2 * _CASING_WIDTH, 0], [_CASING_OPACITY, 1]
    width = (2 * radius[joints, None] + wider).ravel()
    opaque = (opacity[joints, None] * fainter).ravel()
    colors = [each for at in joints.tolist() for each in (_CASING, SIDE_COLORS[sides[at]])]
    paint(pixels, capsules(at, at, width), colors, opaque.tolist())
