"""Antialiased, translucent strokes and dots with subpixel positions and widths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage

__all__ = ["Outlines", "capsules", "paint"]

Outlines: TypeAlias = "NDArray[np.float64]"
"""float64 (N, P, 2): the P corners of N convex polygons, x and y in pixels from the image's left
and top edge."""

_FRACTION_BITS = 4
"""OpenCV takes coordinates in 16ths of a pixel."""

_OPENCV_ADDS = 0.66
"""Pixels by which OpenCV's antialiased polygons extend beyond their edges (measured mean over all
angles; up to 0.2 more for horizontal and vertical edges). The thinnest possible line is therefore
1.7 pixels wide."""

_CAP_POINTS = 9
"""Points per half circle; accurate to 0.15 pixels for a radius of 8 pixels."""

_BLACK = (0, 0, 0)


def capsules(
    start: NDArray[np.float64], end: NDArray[np.float64], width: NDArray[np.float64]
) -> Outlines:
    """Return the outlines of straight strokes with round ends; one of length 0 is a dot.

    Parameters
    ----------
    start, end : numpy.ndarray
        float64 (N, 2): x and y in pixels from the image's left and top edge.
    width : numpy.ndarray
        float64 (N,): in pixels.

    Returns
    -------
    numpy.ndarray
        float64 (N, P, 2): x and y of the P corners of each.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.rendering.strokes import capsules
    >>> (outline,) = capsules(np.zeros((1, 2)), np.array([[8.0, 0]]), np.array([2.0]))
    >>> outline.min(axis=0).round(2).tolist(), outline.max(axis=0).round(2).tolist()
    ([-0.34, -0.34], [8.34, 0.34])
    """
    along = end - start
    direction = np.arctan2(along[:, 1], along[:, 0])
    half = np.maximum(width / 2 - _OPENCV_ADDS, 0)
    turn = direction[:, None] + np.linspace(-math.pi / 2, math.pi / 2, _CAP_POINTS)
    cap = half[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.concatenate([end[:, None] + cap, start[:, None] - cap], axis=1)


def paint(
    pixels: RgbImage,
    outlines: Outlines,
    colors: Sequence[tuple[int, int, int]],
    opacities: Sequence[float],
) -> None:
    """Fill outlines, one after the other.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8 (H, W, 3), RGB: painted in place.
    outlines : numpy.ndarray
        float64 (N, P, 2): see `capsules`. They may extend beyond the image.
    colors : sequence of tuple of int
        Red, green and blue of each outline, 0 to 255.
    opacities : sequence of float
        Opacity of each outline, 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.rendering.strokes import capsules, paint
    >>> pixels = np.zeros((5, 9, 3), np.uint8)
    >>> lines = capsules(np.array([[2.5, 2.5]]), np.array([[6.5, 2.5]]), np.array([3.0]))
    >>> paint(pixels, lines, [(200, 0, 0)], [0.5])
    >>> pixels[2, :, 0].tolist()[3:6]
    [100, 100, 100]
    """
    height, width = pixels.shape[:2]
    # Including OpenCV's margin and partly covered pixels.
    first = np.clip(np.floor(outlines.min(axis=1)).astype(int) - 2, 0, (width, height))
    last = np.clip(np.ceil(outlines.max(axis=1)).astype(int) + 2, 0, (width, height))
    # In OpenCV, whole numbers are pixel centers.
    places = outlines - (first[:, None] + 0.5)
    corners = np.rint(places * (1 << _FRACTION_BITS)).astype(np.int32)
    for (left, top), (right, bottom), polygon, color, opacity in zip(
        first.tolist(), last.tolist(), corners, colors, opacities, strict=True
    ):
        if left < right and top < bottom:
            _fill(pixels[top:bottom, left:right], polygon, color, opacity)


def _fill(
    view: RgbImage, polygon: NDArray[np.int32], color: tuple[int, int, int], opacity: float
) -> None:
    # OpenCV cannot draw with opacity. Drawn on white, the stroke gives what remains of the pixels
    # below it; drawn on black, what is added.
    stays = np.full(view.shape, MAX_LEVEL, np.uint8)
    cv2.fillConvexPoly(
        stays, polygon, (MAX_LEVEL * (1 - opacity),) * 3, cv2.LINE_AA, _FRACTION_BITS
    )
    cv2.multiply(view, stays, dst=view, scale=1 / MAX_LEVEL)
    if color == _BLACK:
        return
    added = np.zeros(view.shape, np.uint8)
    red, green, blue = (part * opacity for part in color)
    cv2.fillConvexPoly(added, polygon, (red, green, blue), cv2.LINE_AA, _FRACTION_BITS)
    cv2.add(view, added, dst=view)
