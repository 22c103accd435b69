"""The colors of people at edges where the background shows through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, opened
from bodyseg_widgets.rendering.blur import REACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage

__all__ = ["estimate_foreground", "foreground_colors"]


SMALL_SIDE: Final = 80
"""Longer side, in pixels, of the small image that colors are estimated in. A soft edge is a few
network pixels wide (the network has about 256 per side), and so a few of these; its width in the
original image does not matter."""

SIGMA: Final = 1.0
"""Blur radius around each place, in small pixels. Measured on photographs composited with a
network's masks: unprocessed soft pixels were off by 15.6 of 255; with 1 the error is 10.3, with 2
11.2. With 0.6 it is 10.1, but twice as much of the background remains at an edge 48 pixels wide."""

LEAST: Final = 1e-6
"""Avoids division by zero where there is no foreground; far less than one level."""

DOUBT: Final = 1e-3
"""Weight of the plain means in the fit, as a share of the pixels. With 0.001, 2 of 255 of the
background remain at an edge 48 pixels wide; with 0.01, 9 do."""


@named_arguments
def estimate_foreground(image: AnyImage, alpha: NDArray[np.uint8]) -> AnyImage:
    """Remove the background's color from soft edges.

    A pixel at the edge of a person shows both the person and the background. Drawn over a new
    background, it would leave a fringe of the old one. This function estimates the person's color
    there.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    alpha : numpy.ndarray
        uint8 (H, W): how much of each pixel is foreground, 0 to 255.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array. Where `alpha` is 0 or
        255 it equals `image`; elsewhere it is the foreground's color, still to be blended with a
        background by `alpha`.

    Raises
    ------
    InvalidImageError
        `image` is not an image, `alpha` is a different kind of array, or their sizes differ.

    Notes
    -----
    This is blur fusion (Forte, "Approximate Fast Foreground Color Estimation", 2021): with F and B
    the foreground's and background's colors around a pixel I, the estimate is ``F + a (I - a F - (1
    - a) B)``. Forte uses means of I, weighted by a and 1 - a, as F and B; at wide edges these are
    mixtures of both. Here F and B are the two colors whose mixtures best fit the surrounding pixels
    (least squares).

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import estimate_foreground
    >>> alpha = np.uint8([[255, 255, 128, 0, 0]])
    >>> red_on_green = np.dstack([alpha, 255 - alpha, 0 * alpha])
    >>> estimate_foreground(red_on_green, alpha)[0, 2].tolist()
    [255, 0, 0]
    """
    pixels, give_back = opened(image)
    given = np.asarray(alpha)
    if given.ndim != 2 or given.dtype != np.uint8:  # noqa: PLR2004 - two sides
        raise InvalidImageError(
            "Expect alpha to be uint8 with shape (height, width), such as "
            f"mask.to_image_data()[..., 3], but got {given.dtype} with shape {given.shape}."
        )
    check_size(pixels, given.shape, "alpha")
    made = foreground_colors(pixels, given)
    return give_back(made.copy() if made is pixels else made)


def foreground_colors(pixels: RgbImage, alpha: NDArray[np.uint8]) -> RgbImage:
    """Do the same with pixels; without soft edges they are returned unchanged."""
    soft = np.flatnonzero(cv2.inRange(alpha, 1, MAX_LEVEL - 1))
    if soft.size == 0:
        return pixels
    height, width = alpha.shape

    def of_soft(image: RgbImage) -> NDArray[np.float32]:
        return image.reshape(-1, 3).take(soft, axis=0).astype(np.float32)

    front, behind = (
        of_soft(np.asarray(cv2.resize(each, (width, height)), np.uint8))
        for each in _colors_around(pixels, alpha)
    )
    seen = of_soft(pixels)
    share = np.repeat(alpha.reshape(-1).take(soft), 3).reshape(-1, 3) * np.float32(1 / MAX_LEVEL)
    front += share * (seen - share * front - (1 - share) * behind)
    made = pixels.copy()
    made.reshape(-1, 3)[soft] = np.clip(np.rint(front), 0, MAX_LEVEL).astype(np.uint8)
    return made


def _colors_around(pixels: RgbImage, alpha: NDArray[np.uint8]) -> tuple[RgbImage, RgbImage]:
    """Return the colors of foreground and background around each place, in a small image."""
    height, width = alpha.shape
    factor = max(1, round(max(height, width) / SMALL_SIDE))
    size = (max(1, width // factor), max(1, height // factor))
    # A mean of mixtures of two colors is a mixture of the two, so small pixels work just as well.
    seen = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    front = small[..., None] * np.float32(1 / MAX_LEVEL)
    behind = 1 - front
    by_front, by_behind = _around(seen * front), _around(seen * behind)
    # Least squares: `front * F + behind * B = seen` around each place, and `DOUBT` times that F
    # and B are the weighted means, which decides if all pixels are mixed equally.
    mean_front, mean_behind = _around(front), _around(behind)
    square_front, square_behind = _around(front * front) + DOUBT, _around(behind * behind) + DOUBT
    both = _around(front * behind)
    by_front *= 1 + DOUBT / (mean_front + LEAST)
    by_behind *= 1 + DOUBT / (mean_behind + LEAST)
    determinant = square_front * square_behind - both * both
    return (
        _in_8_bits((by_front * square_behind - by_behind * both) / determinant),
        _in_8_bits((by_behind * square_front - by_front * both) / determinant),
    )


def _around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    side = 2 * round(REACH * SIGMA) + 1
    blurred = cv2.GaussianBlur(values, (side, side), SIGMA, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32).reshape(values.shape)


def _in_8_bits(colors: NDArray[np.float32]) -> RgbImage:
    return np.clip(np.rint(colors), 0, MAX_LEVEL).astype(np.uint8)
