"""How certain a mean is, from what it is the mean of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Interval", "mean_interval"]

_RESAMPLES: Final = 2000
"""Resampled means; the ends of a 95 % interval are then each from 50 of them."""
_AT_ONCE: Final = 2**18
"""Numbers drawn at once, so that memory does not depend on how many values there are."""
_SEED: Final = 17


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its confidence interval.

    Attributes
    ----------
    mean : float
        The mean; NaN without values.
    low, high : float
        The ends of the interval; NaN where there are fewer than two independent values.
    count : int
        How many values.
    """

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        """Show the mean, and the interval in brackets."""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@named_arguments
def mean_interval(
    values: ArrayLike, groups: ArrayLike | None = None, *, confidence: float = 0.95
) -> Interval:
    """Return a mean and its confidence interval, by bootstrap.

    It is the bias-corrected and accelerated interval (Efron 1987, "Better Bootstrap Confidence
    Intervals") of 2,000 resamples: values of IoU are skewed, and so is it. The same values give
    the same interval.

    Parameters
    ----------
    values : array-like
        Numbers, (n,). NaN is left out.
    groups : array-like, optional
        What each value belongs to, (n,): such as its video, because the frames of one are alike.
        Whole groups are resampled. Default: each value is by itself.
    confidence : float
        How often such an interval contains the true mean, above 0 and below 1.

    Raises
    ------
    InvalidOptionError
        `confidence` is not between 0 and 1, or there are not as many `groups` as `values`.

    Examples
    --------
    >>> from bodyseg_widgets.evaluation import mean_interval
    >>> print(mean_interval([0.91, 0.95, 0.97, 0.90, 0.96, 0.98, 0.42]))
    0.870 [0.635, 0.954]
    """
    if not 0 < confidence < 1:
        raise InvalidOptionError(
            f"confidence must be above 0 and below 1, but got {in_short(confidence)}. Try 0.95."
        )
    numbers = np.asarray(values, np.float64)
    labels = np.arange(numbers.size) if groups is None else np.asarray(groups)
    if labels.shape != numbers.shape:
        raise InvalidOptionError(
            f"groups must name the group of each of the {numbers.size} values, but got "
            f"{labels.size}."
        )
    known = ~np.isnan(numbers)
    numbers, labels = numbers[known], labels[known]
    if not numbers.size:
        return Interval(math.nan, math.nan, math.nan, 0)
    _, into = np.unique(labels, return_inverse=True)
    sums = np.bincount(into, numbers).astype(np.float64)
    counts = np.bincount(into).astype(np.float64)
    mean = float(sums.sum() / counts.sum())
    if sums.size == 1:
        return Interval(mean, math.nan, math.nan, numbers.size)
    low, high = _ends(sums, counts, mean, confidence)
    return Interval(mean, low, high, numbers.size)


def _ends(
    sums: NDArray[np.float64], counts: NDArray[np.float64], mean: float, confidence: float
) -> tuple[float, float]:
    resampled = _resampled_means(sums, counts)
    if np.ptp(resampled) <= np.finfo(np.float64).eps * max(1.0, abs(mean)):
        return mean, mean
    normal = NormalDist()
    # Of equal means, half are below: without that, many equal values would look like a bias.
    below = np.mean(resampled < mean) + np.mean(resampled == mean) / 2
    margin = 1 / (2 * resampled.size)
    bias = normal.inv_cdf(float(np.clip(below, margin, 1 - margin)))
    without = (sums.sum() - sums) / (counts.sum() - counts)
    off = without.mean() - without
    spread = float((off**2).sum())
    skew = float((off**3).sum()) / (6 * spread**1.5) if spread else 0.0

    def corrected(share: float) -> float:
        z = bias + normal.inv_cdf(share)
        return normal.cdf(bias + z / (1 - skew * z))

    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled, [corrected(tail), corrected(1 - tail)])
    return float(low), float(high)


def _resampled_means(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    random = np.random.default_rng(_SEED)
    groups = sums.size
    rows = max(1, _AT_ONCE // groups)
    means = []
    for done in range(0, _RESAMPLES, rows):
        drawn = random.integers(0, groups, (min(rows, _RESAMPLES - done), groups))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)
