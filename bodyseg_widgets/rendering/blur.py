"""A Gaussian blur as the canvas of a browser has it: its amount is its standard deviation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["check_amount", "gaussian_blur"]

_LEAST_SIGMA = 1.0
"""Standard deviation in pixels below which a picture is not made smaller first: it is what is
left, after that, of a blur of 2.4 pixels."""

_REACH = 3.0
"""Standard deviations after which a Gaussian is cut off: 0.3 % of it lie beyond."""


MOST_BLUR = 250
"""Pixels; far more than leaves anything to be seen of a picture."""


def check_amount(name: str, amount: float) -> float:
    """Refuse what is no amount of blur.

    Raises
    ------
    InvalidOptionError
        It is below 0, above `MOST_BLUR`, or no number.
    """
    if not 0 <= amount <= MOST_BLUR:
        raise InvalidOptionError(
            f"{name} is the standard deviation of a blur, from 0 to {MOST_BLUR} pixels, but got "
            f"{amount!r}. 0 is no blur."
        )
    return amount


def gaussian_blur(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur a picture.

    A large blur leaves nothing that needs all pixels: the picture is halved until the rest of
    the blur is small, blurred, and enlarged again. That takes a third of the time, and the
    result differs by less than half a grey level on average, and by a few where it differs most.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8, shape (H, W) or (H, W, C).
    sigma : float
        Standard deviation, in pixels; 0 gives a copy.

    Returns
    -------
    numpy.ndarray
        uint8, of the same shape. Beyond its edges the picture is taken to go on as there, so
        that nothing fades into them. (A browser's canvas does fade there.)

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.rendering import gaussian_blur
    >>> step = np.repeat(np.uint8([[0, 0, 0, 255, 255, 255]]), 3, axis=0)
    >>> gaussian_blur(step, 1)[1].tolist()
    [1, 15, 77, 178, 240, 254]
    """
    if sigma == 0:
        return pixels.copy()
    height, width = pixels.shape[:2]
    factor, left = 1, sigma
    while True:
        rest = _left_over(sigma, 2 * factor)
        if rest < _LEAST_SIGMA:
            break
        factor, left = 2 * factor, rest
    if factor == 1:
        return _blurred(pixels, sigma)
    # Beyond an edge its very pixels go on, not the mean of those that make one small pixel.
    around = factor * math.ceil(_REACH * sigma / factor)
    to_the_right, below = around + -width % factor, around + -height % factor
    padded = cv2.copyMakeBorder(pixels, around, below, around, to_the_right, cv2.BORDER_REPLICATE)
    whole = (padded.shape[1], padded.shape[0])
    size = (whole[0] // factor, whole[1] // factor)
    small = _blurred(np.asarray(cv2.resize(padded, size, interpolation=cv2.INTER_AREA)), left)
    enlarged = cv2.resize(small, whole, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(enlarged[around : around + height, around : around + width])


def _left_over(sigma: float, factor: int) -> float:
    """Say how much blur is left to do, in small pixels, where the rest comes by itself.

    The mean of so many pixels, and the straight lines between means, blur as well: by the
    variance of a box, and of a triangle twice as wide.
    """
    by_itself = (factor**2 - 1) / 12 + factor**2 / 6
    return math.sqrt(max(0.0, sigma**2 - by_itself)) / factor


def _blurred(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    size = 2 * math.ceil(_REACH * sigma) + 1
    return np.asarray(
        cv2.GaussianBlur(pixels, (size, size), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8
    )
