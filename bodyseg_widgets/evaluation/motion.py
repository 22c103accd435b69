"""How steady a video's masks are: where the image is still, and along its motion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage

__all__ = ["change_along_motion", "flicker", "motion", "still_pixels"]

STILL: Final = 8
"""Largest change of a still pixel's brightness, of 255: more than the noise of a webcam."""
_NOISE_SIGMA: Final = 1.5
"""Standard deviation of the blur, in pixels, that takes the noise off before images compare."""

_SMALLEST_FLOW: Final = 16
"""Shortest side of an image of which the flow is computed, in pixels."""


@named_arguments
def still_pixels(before: RgbImage, after: RgbImage) -> NDArray[np.bool_]:
    """Return where the image did not change.

    Parameters
    ----------
    before, after : numpy.ndarray
        uint8 (H, W, 3), RGB: two frames in a row.

    Returns
    -------
    numpy.ndarray
        bool (H, W): where the brightness, slightly blurred, changed by at most `STILL` of 255.

    Raises
    ------
    InvalidOptionError
        The frames have different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import still_pixels
    >>> frame = np.zeros((4, 6, 3), np.uint8)
    >>> bool(still_pixels(frame, frame).all()), bool(still_pixels(frame, frame + 50).any())
    (True, False)
    """
    one, other = _brightness(before, after)
    blurred = (cv2.GaussianBlur(each, (0, 0), _NOISE_SIGMA) for each in (one, other))
    return np.asarray(cv2.absdiff(*blurred) <= STILL, np.bool_)


@named_arguments
def flicker(before: NDArray[np.bool_], after: NDArray[np.bool_], still: NDArray[np.bool_]) -> float:
    """Return how much of a mask changed where the image did not.

    Parameters
    ----------
    before, after : numpy.ndarray
        bool (H, W): the masks of two frames in a row.
    still : numpy.ndarray
        bool (H, W): of :func:`still_pixels`.

    Returns
    -------
    float
        1 minus the masks' intersection over union on still pixels: 0 (the same) to 1; NaN if
        neither has a person there.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import flicker
    >>> before, after = np.array([[1, 1, 0, 1]], bool), np.array([[1, 0, 0, 0]], bool)
    >>> flicker(before, after, np.array([[1, 1, 1, 0]], bool))
    0.5
    """
    return _change(before & still, after & still)


@named_arguments
def motion(before: RgbImage, after: RgbImage) -> NDArray[np.float32]:
    """Return how the image moved: its optical flow, backward.

    It is computed by inverse search (Kroeger et al. 2016, "Fast Optical Flow using Dense Inverse
    Search"), as OpenCV does.

    Parameters
    ----------
    before, after : numpy.ndarray
        uint8 (H, W, 3), RGB: two frames in a row.

    Returns
    -------
    numpy.ndarray
        float32 (H, W, 2): for each pixel of the later frame, how far to the right and down it was
        in the earlier one, in pixels. In frames with a side below 16 pixels, nothing moves.

    Raises
    ------
    InvalidOptionError
        The frames have different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import motion
    >>> frame = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    >>> float(np.abs(motion(frame, frame)).max()) < 0.1
    True
    """
    one, other = _brightness(before, after)
    flow = np.zeros((*one.shape, 2), np.float32)
    if min(one.shape) < _SMALLEST_FLOW:
        return flow
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(other, one, flow), np.float32)


@named_arguments
def change_along_motion(
    before: NDArray[np.bool_], after: NDArray[np.bool_], flow: NDArray[np.float32]
) -> float:
    """Return how much of a mask changed once it has moved as the image did.

    Parameters
    ----------
    before, after : numpy.ndarray
        bool (H, W): the masks of two frames in a row.
    flow : numpy.ndarray
        float32 (H, W, 2): of :func:`motion`.

    Returns
    -------
    float
        1 minus the intersection over union of the moved mask and the later one, 0 (the same) to
        1, over the pixels that were in the image before; NaN if neither has a person there.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import change_along_motion
    >>> before, after = np.array([[1, 1, 0, 0]], bool), np.array([[0, 1, 1, 0]], bool)
    >>> to_the_right = np.full((1, 4, 2), (-1, 0), np.float32)
    >>> change_along_motion(before, after, to_the_right)
    0.0
    >>> round(change_along_motion(before, after, 0 * to_the_right), 3)
    0.667
    """
    height, width = before.shape
    rows, columns = np.indices((height, width))
    # Pixels extend half a pixel beyond their centers.
    x = np.rint(columns + flow[..., 0]).astype(np.intp)
    y = np.rint(rows + flow[..., 1]).astype(np.intp)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    moved = np.zeros_like(before)
    moved[inside] = before[y[inside], x[inside]]
    return _change(moved, after & inside)


def _brightness(before: RgbImage, after: RgbImage) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    if before.shape != after.shape:
        raise InvalidOptionError(
            f"Expect two frames of one video, but got the shapes {before.shape} and {after.shape}."
        )
    one, other = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (before, after))
    return np.asarray(one, np.uint8), np.asarray(other, np.uint8)


def _change(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> float:
    either = int(np.count_nonzero(before | after))
    both = int(np.count_nonzero(before & after))
    return 1 - both / either if either else float("nan")
