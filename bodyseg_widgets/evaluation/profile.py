"""Probability along a line through an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation.agreement import check_named
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Mask, Probability

Point: TypeAlias = tuple[float, float]
"""x (to the right) and y (down) in pixels; whole numbers are pixel centers."""

Profile: TypeAlias = "tuple[NDArray[np.float32], NDArray[np.float32]]"
"""Distance from the start in pixels, and probability: float32 (samples,) each."""

_EDGE = 0.5
"""From the center of a pixel to its edge."""


class Profiles(dict[str, Profile], Shown):
    """Profiles by name, made by `profile_all`: a notebook shows them as curves in one chart."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the names, not the values."""
        return f"Profiles({', '.join(map(repr, self))})"


@named_arguments
def profile(mask: Mask, start: Point, end: Point, samples: int | None = None) -> Profile:
    """Return the probability along a line from `start` to `end`.

    Parameters
    ----------
    mask : Mask
        The mask.
    start, end : tuple of float
        x and y in pixels of the image: (0, 0) is the center of the first pixel, and the image
        extends from -0.5 to its width or height minus 0.5. The two points may be the same.
    samples : int, optional
        Number of evenly spaced points, including both ends; at least 2. Default: about one per
        pixel of the line's length.

    Returns
    -------
    distance : numpy.ndarray
        float32 (samples,), from `start`, in pixels.
    probability : numpy.ndarray
        float32 (samples,), 0 to 1, interpolated bilinearly between pixel centers.

    Raises
    ------
    InvalidOptionError
        A point lies outside the image, or `samples` is less than 2.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask
    >>> from bodyseg_widgets.evaluation import profile
    >>> levels = np.array([[0, 51, 102, 153]], np.uint8)
    >>> distance, probability = profile(Mask.from_levels(levels, size=(1, 4)), (0, 0), (3, 0))
    >>> distance.tolist(), probability.round(2).tolist()
    ([0.0, 1.0, 2.0, 3.0], [0.0, 0.20000000298023224, 0.4000000059604645, 0.6000000238418579])
    """
    for point in (start, end):
        _check_inside(point, mask)
    length = math.dist(start, end)
    if samples is None:
        samples = max(2, round(length) + 1)
    elif samples < 2:  # noqa: PLR2004 - the two ends
        raise InvalidOptionError(f"samples must be at least 2, the two ends, but got {samples!r}.")
    way = np.linspace(0, 1, samples)
    x, y = (first + (last - first) * way for first, last in zip(start, end, strict=True))
    return (way * length).astype(np.float32), _bilinear(mask.probability, x, y)


@named_arguments
def profile_all(
    masks: Mapping[str, Mask], start: Point, end: Point, samples: int | None = None
) -> Profiles:
    """Return the profile of several masks along one line; a notebook shows it as a chart.

    Parameters
    ----------
    masks : mapping of str to Mask
        Masks of one image, by name.
    start, end, samples
        As in `profile`.

    Returns
    -------
    Profiles
        A dict: what `profile` returns, for each name.

    Raises
    ------
    InvalidOptionError
        As `profile`.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask
    >>> from bodyseg_widgets.evaluation import profile_all
    >>> mask = Mask.from_levels(np.array([[0, 255]], np.uint8), size=(1, 2))
    >>> profiles = profile_all({"sharp": mask}, (0, 0), (1, 0))
    >>> profiles
    Profiles('sharp')
    >>> profiles["sharp"][1].tolist()
    [0.0, 1.0]
    """
    check_named(masks)
    return Profiles({name: profile(mask, start, end, samples) for name, mask in masks.items()})


def _check_inside(point: Point, mask: Mask) -> None:
    height, width = mask.size
    x, y = point
    if not (-_EDGE <= x <= width - _EDGE and -_EDGE <= y <= height - _EDGE):
        raise InvalidOptionError(
            f"A point of the line must have x from {-_EDGE} to {width - _EDGE} and y from "
            f"{-_EDGE} to {height - _EDGE} in an image of {width} x {height} pixels, but got "
            f"{point!r}."
        )


def _bilinear(
    values: Probability, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float32]:
    height, width = values.shape
    # Beyond the centers of the outermost pixels there is nothing to interpolate.
    x, y = x.clip(0, width - 1), y.clip(0, height - 1)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    over, down = x - left, y - top
    upper = values[top, left] * (1 - over) + values[top, right] * over
    lower = values[bottom, left] * (1 - over) + values[bottom, right] * over
    return np.asarray(upper * (1 - down) + lower * down, np.float32)
