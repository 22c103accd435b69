"""How many pixels have each probability, inside a reference and outside of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation.agreement import MaskLike, cutoff, levels_at_image_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEVELS", "LevelCounts", "check_reference", "count_levels"]

LEVELS: Final = 256
"""Probabilities have 8 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class LevelCounts:
    """All that IoU, precision, recall and calibration need of one mask, or of many.

    Attributes
    ----------
    inside, outside : numpy.ndarray
        int64 (256,): how many pixels that are, or are not, a person in the reference have the
        probability ``n / 255``.
    """

    inside: NDArray[np.int64]
    outside: NDArray[np.int64]

    def __add__(self, other: LevelCounts) -> LevelCounts:
        """Count the pixels of both."""
        return LevelCounts(self.inside + other.inside, self.outside + other.outside)

    @property
    def people(self) -> int:
        """Pixels that are a person in the reference."""
        return int(self.inside.sum())

    @property
    def pixels(self) -> int:
        """All pixels."""
        return self.people + int(self.outside.sum())

    def ious(self) -> NDArray[np.float64]:
        """Intersection over union at each threshold ``n / 255``: float64 (256,), 0 to 1.

        It is 1 where neither mask nor reference has a person.
        """
        both = _at_least(self.inside)
        either = self.people + _at_least(self.outside)
        return np.divide(both, either, out=np.ones(LEVELS), where=either > 0)

    def iou(self, threshold: float) -> float:
        """Intersection over union at a threshold, 0 to 1."""
        return float(self.ious()[cutoff(threshold)])

    def precision(self, threshold: float) -> float:
        """Return the share of the pixels found that are a person; NaN if none are found."""
        both, wrong = self._found(threshold)
        return both / (both + wrong) if both + wrong else math.nan

    def recall(self, threshold: float) -> float:
        """Return the share of the person's pixels that are found; NaN if there is no person."""
        both, _ = self._found(threshold)
        return both / self.people if self.people else math.nan

    def _found(self, threshold: float) -> tuple[int, int]:
        lowest = cutoff(threshold)
        return int(self.inside[lowest:].sum()), int(self.outside[lowest:].sum())


@named_arguments
def count_levels(mask: MaskLike, reference: NDArray[np.bool_]) -> LevelCounts:
    """Count the pixels of a mask by their probability, inside and outside of a reference.

    Parameters
    ----------
    mask : Mask or numpy.ndarray
        A mask, or a probability: float32 (H, W), 0 to 1; or bool (H, W).
    reference : numpy.ndarray
        bool (H, W), the size of the image: which pixels are a person.

    Raises
    ------
    InvalidOptionError
        `reference` has a different size than the image, or a dtype other than bool.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import count_levels
    >>> counts = count_levels(
    ...     np.array([[0.9, 0.6, 0.2, 0.8]], np.float32), np.array([[True, True, True, False]])
    ... )
    >>> counts.iou(0.5), round(counts.precision(0.5), 3), round(counts.recall(0.5), 3)
    (0.5, 0.667, 0.667)
    """
    levels = levels_at_image_size(mask)
    check_reference(reference, levels.shape)
    # One histogram for both: pixels of the reference are counted in its second half.
    joint = levels + reference * np.uint16(LEVELS)
    counted = np.bincount(joint.ravel(), minlength=2 * LEVELS).astype(np.int64)
    return LevelCounts(inside=counted[LEVELS:], outside=counted[:LEVELS])


def check_reference(reference: object, shape: tuple[int, ...]) -> None:
    """Raise an error unless a reference is an array of bool of the image's shape.

    Raises
    ------
    InvalidOptionError
        It is not.
    """
    if not isinstance(reference, np.ndarray) or reference.dtype != np.bool_:
        given = reference.dtype if isinstance(reference, np.ndarray) else in_short(reference)
        raise InvalidOptionError(
            f"reference must be an array of bool, True where a person is, but got {given}. Write "
            "reference >= 0.5."
        )
    if reference.shape != shape:
        raise InvalidOptionError(
            f"reference must have the image's shape {shape}, but got one with shape "
            f"{reference.shape}."
        )


def _at_least(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn counts of pixels per value into counts of pixels with at least that value."""
    return counts[::-1].cumsum()[::-1]
