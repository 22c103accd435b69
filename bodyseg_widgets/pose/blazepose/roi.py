"""The rotated square around one person that the landmark network looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Roi",
    "corners",
    "padded",
    "roi_from_alignment_points",
    "whole_picture",
]

ROI_SCALE = 1.25
"""How much larger than the body's circle the network's view is
(BLAZEPOSE_DETECTOR_RECT_TRANSFORMATION_CONFIG of tfjs-models)."""

UPRIGHT = math.pi / 2
"""The angle of the line from hips to head, in radians from the x axis, that needs no turning."""


@dataclass(frozen=True, slots=True)
class Roi:
    """A rotated rectangle in the picture, the *region of interest*.

    Attributes
    ----------
    x_center, y_center : float
        Its middle, in pixels from the picture's left and top edge.
    width, height : float
        Its sides before it is turned, in pixels.
    rotation : float
        Clockwise on the screen, in radians, -pi to pi.
    """

    x_center: float
    y_center: float
    width: float
    height: float
    rotation: float = 0.0


def roi_from_alignment_points(
    center: NDArray[np.floating], rim: NDArray[np.floating], *, scale: float = ROI_SCALE
) -> Roi:
    """Make the ROI of the circle that holds a whole person.

    Parameters
    ----------
    center : numpy.ndarray
        x and y of the middle of the hips, in pixels.
    rim : numpy.ndarray
        x and y of the point where the body's line meets that circle above the head, in pixels.
    scale : float, optional
        The sides as a multiple of the circle's diameter; 1.0 is the circle itself.

    Returns
    -------
    Roi
        A square, turned so that the body stands upright in it.
    """
    dx, dy = float(rim[0] - center[0]), float(rim[1] - center[1])
    side = 2 * math.hypot(dx, dy) * scale
    rotation = _normalized_angle(UPRIGHT - math.atan2(-dy, dx))
    return Roi(float(center[0]), float(center[1]), side, side, rotation)


def whole_picture(width: int, height: int) -> Roi:
    """Give the ROI that is the picture itself."""
    return Roi(width / 2, height / 2, width, height)


def padded(roi: Roi, *, aspect: float) -> Roi:
    """Widen a ROI to an aspect ratio, as a letterbox does.

    Parameters
    ----------
    roi : Roi
        Keeps its middle and its turn.
    aspect : float
        Width divided by height of what comes out.

    Returns
    -------
    Roi
        The smallest one of that aspect ratio that holds `roi`.
    """
    if roi.width < roi.height * aspect:
        return replace(roi, width=roi.height * aspect)
    return replace(roi, height=roi.width / aspect)


def corners(roi: Roi) -> NDArray[np.float32]:
    """Give the corners of a ROI.

    Returns
    -------
    numpy.ndarray
        float32 (4, 2): x and y in pixels of what is bottom left, top left, top
        right and bottom right in the turned rectangle, the order of ``cv2.boxPoints``.
    """
    half_width, half_height = roi.width / 2, roi.height / 2
    offsets = np.array(
        [
            [-half_width, half_height],
            [-half_width, -half_height],
            [half_width, -half_height],
            [half_width, half_height],
        ]
    )
    center = np.array([roi.x_center, roi.y_center])
    return np.asarray(offsets @ turn(roi.rotation).T + center, dtype=np.float32)


def turn(angle: float) -> NDArray[np.float64]:
    """Give the matrix that turns (x, y) clockwise on the screen by `angle` radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _normalized_angle(angle: float) -> float:
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
