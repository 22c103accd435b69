"""Fit an image to a network's input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["stretched"]


def stretched(image: RgbImage, size: Size) -> RgbImage:
    """Stretch an image like MediaPipe's image-to-tensor calculator.

    It warps corner to corner and rounds to uint8 before scaling. A plain resize aligns pixel
    centers instead, which costs 0.01 to 0.02 IoU.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3).
    size : tuple of int
        (height, width) of the result, in pixels.

    Returns
    -------
    numpy.ndarray
        uint8 (height, width, 3).

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.stretch import stretched
    >>> stretched(np.zeros((480, 640, 3), np.uint8), (144, 256)).shape
    (144, 256, 3)
    """
    height, width = image.shape[:2]
    to_height, to_width = size
    scale = np.diag([to_width / width, to_height / height, 1.0])
    warped = cv2.warpPerspective(
        image,
        scale,
        (to_width, to_height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(warped, dtype=np.uint8)
