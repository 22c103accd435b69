"""How close the outline of a mask is to that of a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation.level_counts import check_reference
from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["boundary", "boundary_f_scores"]

_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_ROUNDING: Final = 1e-3
"""Distances are roots of whole numbers in float32; two of them are at least this far apart."""


def boundary(person: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the person's pixels that have a neighbor, of four, that is none.

    Where a person is cut off by the edge of the image there is no boundary.

    Parameters
    ----------
    person : numpy.ndarray
        bool (H, W).

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import boundary
    >>> boundary(np.array([[True, True, True, False]])).tolist()
    [[False, False, True, False]]
    """
    # Beyond its edges, an image goes on for OpenCV as a person.
    inner = np.asarray(cv2.erode(person.view(np.uint8), _CROSS), np.bool_)
    return person & ~inner


@named_arguments
def boundary_f_scores(
    person: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    tolerances: Sequence[float] = (2.0, 5.0),
) -> tuple[float, ...]:
    """Return how well outlines agree: the boundary F-score, for each tolerance.

    It is the harmonic mean of two shares: of the pixels of the mask's :func:`boundary` that are at
    most so far from one of the reference's, and of those of the reference's that are as close to
    one of the mask's.

    Parameters
    ----------
    person : numpy.ndarray
        bool (H, W): which pixels the mask counts as a person.
    reference : numpy.ndarray
        bool (H, W): which pixels are a person.
    tolerances : sequence of float
        Largest distances in pixels, between pixel centers, at least 0.

    Returns
    -------
    tuple of float
        0 to 1 for each tolerance. Two masks without boundaries agree: 1; if only one has none, it
        is 0.

    Raises
    ------
    InvalidOptionError
        The arrays have different sizes, or a dtype other than bool; or a tolerance is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import boundary_f_scores
    >>> one, other = np.zeros((2, 9, 9), bool)
    >>> one[3:6, 3:6] = other[3:6, 5:8] = True
    >>> [round(score, 3) for score in boundary_f_scores(one, other, [0, 1, 2])]
    [0.375, 0.625, 1.0]
    """
    check_reference(reference, person.shape)
    check_reference(person, reference.shape)
    if any(not each >= 0 for each in tolerances):
        raise InvalidOptionError(
            f"tolerances must be distances in pixels of at least 0, but got {in_short(tolerances)}."
            " Try (2, 5)."
        )
    found, wanted = boundary(person), boundary(reference)
    has_found, has_wanted = bool(found.any()), bool(wanted.any())
    if not (has_found and has_wanted):
        return (0.0 if has_found or has_wanted else 1.0,) * len(tolerances)
    # Nothing outside of what contains both is measured.
    part = _containing(found | wanted)
    found, wanted = found[part], wanted[part]
    off, missed = _distances(wanted)[found], _distances(found)[wanted]
    return tuple(_f_score(off, missed, each + _ROUNDING) for each in tolerances)


def _f_score(off: NDArray[np.float32], missed: NDArray[np.float32], most: float) -> float:
    precision, recall = float(np.mean(off <= most)), float(np.mean(missed <= most))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _distances(pixels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how far each pixel is from the nearest of some pixels."""
    others = (~pixels).view(np.uint8)
    return np.asarray(cv2.distanceTransform(others, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def _containing(pixels: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
