"""Sizes of masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["reduced"]


def reduced(size: Size, pixels: int) -> Size:
    """Scale a size down, never up, to at most so many pixels.

    Parameters
    ----------
    size : tuple of int
        (height, width), each at least 1.
    pixels : int
        How many pixels the result may have.

    Returns
    -------
    tuple of int
        (height, width) of about the same shape, each at least 1.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.sizes import reduced
    >>> reduced((480, 640), 256 * 256)
    (221, 295)
    >>> reduced((10, 20), 256 * 256)
    (10, 20)
    """
    height, width = size
    scale = min(1.0, math.sqrt(pixels / (height * width)))
    return max(1, int(height * scale)), max(1, int(width * scale))
