"""The rotated square around one person that the landmark network sees."""

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
    "whole_image",
]

ROI_SCALE = 1.25
"""Size of the ROI relative to the body's circle (BLAZEPOSE_DETECTOR_RECT_TRANSFORMATION_CONFIG of
tfjs-models)."""

UPRIGHT = math.pi / 2
"""Angle from hips to head of an upright person, in radians from the x axis."""


@dataclass(frozen=True, slots=True)
class Roi:
    """A rotated rectangle in the image, the *region of interest*.

    Attributes
    ----------
    x_center, y_center : float
        Its center, in pixels from the image's left and top edge.
    width, height : float
        Its sides before rotation, in pixels.
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
    """Return the ROI for the circle around a whole person.

    Parameters
    ----------
    center : numpy.ndarray
        x and y of the midpoint of the hips, in pixels.
    rim : numpy.ndarray
        x and y of the point above the head where the body axis meets that circle, in pixels.
    scale : float, optional
        The sides as a multiple of the circle's diameter; 1.0 is the circle itself.

    Returns
    -------
    Roi
        A square, rotated so that the body is upright in it.
    """
    dx, dy = float(rim[0] - center[0]), float(rim[1] - center[1])
    side = 2 * math.hypot(dx, dy) * scale
    rotation = _normalized_angle(UPRIGHT - math.atan2(-dy, dx))
    return Roi(float(center[0]), float(center[1]), side, side, rotation)


def whole_image(width: int, height: int) -> Roi:
    """Return the ROI that covers the whole image."""
    return Roi(width / 2, height / 2, width, height)


def padded(roi: Roi, *, aspect: float) -> Roi:
    """Widen a ROI to an aspect ratio, as a letterbox does.

    Parameters
    ----------
    roi : Roi
        Center and rotation do not change.
    aspect : float
        Width divided by height of the result.

    Returns
    -------
    Roi
        The smallest one of that aspect ratio that contains `roi`.
    """
    if roi.width < roi.height * aspect:
        return replace(roi, width=roi.height * aspect)
    return replace(roi, height=roi.width / aspect)


def corners(roi: Roi) -> NDArray[np.float32]:
    """Return the corners of a ROI.

    Returns
    -------
    numpy.ndarray
        float32 (4, 2): x and y in pixels of the rotated rectangle's bottom left, top left, top
        right and bottom right, the order of ``cv2.boxPoints``.
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
    """Return the matrix that rotates (x, y) clockwise on the screen by `angle` radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _normalized_angle(angle: float) -> float:
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))
