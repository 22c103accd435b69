"""The formula that blends a mask with the previous one, to reduce flicker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation.types import Probability

__all__ = ["COMBINE_WITH_PREVIOUS", "smooth_mask"]

COMBINE_WITH_PREVIOUS = 0.7
"""BLAZEPOSE_SEGMENTATION_SMOOTHING_CONFIG of tfjs-models."""

# How uncertain a probability p is, as a polynomial of (p - 0.5) squared:
# shared/calculators/segmentation_smoothing.ts of tfjs-models.
_CERTAINTY = (-624.717, 291.309, -57.8051, -0.748699, 5.68842)


def smooth_mask(
    new: Probability, previous: Probability, *, ratio: float = COMBINE_WITH_PREVIOUS
) -> Probability:
    """Blend a mask with the previous one where it is uncertain.

    Parameters
    ----------
    new, previous : numpy.ndarray
        float32 of the same shape, 0 to 1.
    ratio : float, optional
        Weight of the previous mask at a completely uncertain pixel, 0 to 1.

    Returns
    -------
    numpy.ndarray
        float32, ``new + (previous - new) * uncertainty(new) * ratio``: a probability of 0.5 is
        completely uncertain, one near 0 or 1 hardly at all.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.smoothing import smooth_mask
    >>> smooth_mask(np.float32([0.0, 0.5]), np.float32([1.0, 1.0])).round(3)
    array([0.  , 0.85], dtype=float32)
    """
    squared = new - np.float32(0.5)
    squared *= squared
    certainty = squared * np.float32(_CERTAINTY[0])
    for coefficient in _CERTAINTY[1:]:
        certainty += np.float32(coefficient)
        certainty *= squared
    np.minimum(certainty, 1, out=certainty)
    # The rest computes new + (previous - new) * (1 - certainty) * ratio, in place.
    np.subtract(1, certainty, out=certainty)
    certainty *= np.float32(ratio)
    mixed = previous - new
    mixed *= certainty
    mixed += new
    return mixed
