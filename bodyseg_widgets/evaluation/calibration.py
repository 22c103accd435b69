"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation.level_counts import LEVELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.evaluation.level_counts import LevelCounts

__all__ = ["Calibration", "calibration"]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A reliability curve: of what a model gives some probability, how much is a person.

    Attributes
    ----------
    probability : numpy.ndarray
        float64 (bins,): the mean probability in each bin; NaN in empty ones.
    share : numpy.ndarray
        float64 (bins,): the share of a bin's pixels that are a person; NaN in empty ones.
    pixels : numpy.ndarray
        int64 (bins,): how many pixels are in each bin.
    """

    probability: NDArray[np.float64]
    share: NDArray[np.float64]
    pixels: NDArray[np.int64]

    @property
    def expected_error(self) -> float:
        """The expected calibration error, 0 to 1; NaN without pixels.

        It is the mean of the distance between `probability` and `share`, weighted by `pixels`.
        """
        filled = self.pixels > 0
        if not filled.any():
            return float("nan")
        off = np.abs(self.probability - self.share)[filled]
        return float(np.average(off, weights=self.pixels[filled]))


@named_arguments
def calibration(counts: LevelCounts, bins: int = 10) -> Calibration:
    """Return the reliability curve of a mask, or of many together.

    Parameters
    ----------
    counts : LevelCounts
        Of `count_levels`; add those of several masks.
    bins : int
        How many bins of equal width the probabilities from 0 to 1 are put into, 1 to 256. A bin
        has its lower end, and the last one both.

    Raises
    ------
    InvalidOptionError
        `bins` is not a whole number from 1 to 256.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import calibration, count_levels
    >>> sure = np.full((1, 4), 0.8, np.float32)
    >>> curve = calibration(count_levels(sure, np.array([[True, True, True, False]])), bins=2)
    >>> curve.share.tolist(), round(curve.expected_error, 2)
    ([nan, 0.75], 0.05)
    """
    given: object = bins
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= bins <= LEVELS:
        raise InvalidOptionError(
            f"bins must be a whole number from 1 to {LEVELS}, but got {in_short(bins)}. Try 10."
        )
    levels = np.arange(LEVELS)
    # In whole numbers, so that no rounding moves a level that is on the edge of a bin.
    into = np.minimum(levels * bins // (LEVELS - 1), bins - 1)
    all_of_level = counts.inside + counts.outside
    pixels = np.bincount(into, all_of_level, bins).astype(np.int64)
    inside = np.bincount(into, counts.inside, bins)
    sums = np.bincount(into, all_of_level * levels, bins) / (LEVELS - 1)
    empty = np.full(bins, np.nan)
    return Calibration(
        np.divide(sums, pixels, out=empty.copy(), where=pixels > 0),
        np.divide(inside, pixels, out=empty, where=pixels > 0),
        pixels,
    )
