"""A Gaussian blur like a browser canvas's: the amount is the standard deviation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["check_amount", "gaussian_blur"]

LEAST_SIGMA: Final = 1.0
"""If less than this standard deviation (in pixels) would remain, the image is not shrunk first: it
is what remains of a blur of 2.4 pixels after shrinking once."""

REACH: Final = 3.0
"""Standard deviations at which a Gaussian is cut off: 0.3 % of it lies beyond."""


MAX_BLUR = 250
"""The largest blur, in pixels; far more than leaves anything of an image visible."""


def check_amount(name: str, amount: float) -> float:
    """Raise an error if the amount of blur is invalid.

    Raises
    ------
    InvalidOptionError
        `amount` is below 0, above `MAX_BLUR`, or not a number.
    """
    if not 0 <= amount <= MAX_BLUR:
        raise InvalidOptionError(
            f"{name} must be the standard deviation of a blur, 0 to {MAX_BLUR} pixels, but got "
            f"{amount!r}. Use 0 for no blur."
        )
    return amount


def gaussian_blur(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur an image.

    A large blur does not need full resolution: the image is halved until the remaining blur is
    small, then blurred and enlarged again. That takes a third of the time; the result differs by
    less than half a gray level on average, and by a few at most.

    Parameters
    ----------
    pixels : numpy.ndarray
        uint8, shape (H, W) or (H, W, C).
    sigma : float
        Standard deviation, in pixels; 0 returns a copy.

    Returns
    -------
    numpy.ndarray
        uint8, of the same shape. Edge pixels are extended beyond the image, so edges do not fade.
        (On a browser's canvas they do.)

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
        if rest < LEAST_SIGMA:
            break
        factor, left = 2 * factor, rest
    if factor == 1:
        return _blurred(pixels, sigma)
    # Extend the original edge pixels, not the averages that make up the small ones.
    around = factor * math.ceil(REACH * sigma / factor)
    to_the_right, below = around + -width % factor, around + -height % factor
    padded = cv2.copyMakeBorder(pixels, around, below, around, to_the_right, cv2.BORDER_REPLICATE)
    whole = (padded.shape[1], padded.shape[0])
    size = (whole[0] // factor, whole[1] // factor)
    small = _blurred(np.asarray(cv2.resize(padded, size, interpolation=cv2.INTER_AREA)), left)
    enlarged = cv2.resize(small, whole, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(enlarged[around : around + height, around : around + width])


def _left_over(sigma: float, factor: int) -> float:
    """Return how much blur remains to be done, in small pixels; resizing does the rest.

    Averaging pixels and interpolating between the averages blur, too: with the variance of a box,
    and of a triangle twice as wide.
    """
    by_itself = (factor**2 - 1) / 12 + factor**2 / 6
    return math.sqrt(max(0.0, sigma**2 - by_itself)) / factor


def _blurred(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    size = 2 * math.ceil(REACH * sigma) + 1
    return np.asarray(
        cv2.GaussianBlur(pixels, (size, size), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8
    )
