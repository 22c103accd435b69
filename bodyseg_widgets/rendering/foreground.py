"""Which pixels are foreground: upstream's rule, for one mask or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.evaluation import cutoff, levels_at_image_size
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.segmentation import PERSON_MASK_VALUE, Mask, Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "ALL_MASK_VALUES",
    "Segmentations",
    "alpha_of",
    "foreground",
    "masks_of",
    "masks_of_class",
]

Segmentations: TypeAlias = "Segmentation | Sequence[Segmentation]"
"""What a segmenter returns: one segmentation, or a list with one per person or one for all
people."""

ALL_MASK_VALUES = range(256)
"""All possible labels."""


def masks_of(segmentation: Segmentations) -> list[Mask]:
    """Return the masks of one segmentation or several.

    Raises
    ------
    InvalidOptionError
        `segmentation` is neither a segmentation nor a sequence of them.
    InvalidImageError
        The masks belong to images of different sizes.
    """
    try:
        found = [segmentation] if isinstance(segmentation, Segmentation) else [*segmentation]
    except TypeError:
        found = None
    if found is None or not all(isinstance(each, Segmentation) for each in found):
        fix = " Write Segmentation(mask)." if isinstance(segmentation, Mask) else ""
        raise InvalidOptionError(
            "Expect a Segmentation or a list of them, as segment_people() returns it, but got "
            f"{in_short(segmentation)}.{fix}"
        )
    masks = [each.mask for each in found]
    sizes = {mask.size for mask in masks}
    if len(sizes) > 1:
        listed = ", ".join(sorted(f"{width}x{height}" for height, width in sizes))
        raise InvalidImageError(
            f"Expect all masks to be of one image, but got sizes {listed} (width x height)."
        )
    return masks


def masks_of_class(segmentation: Segmentations, label: str) -> list[Mask]:
    """Return the probability of one class in one segmentation or several, as masks.

    Raises
    ------
    InvalidOptionError
        `segmentation` is none, or has no probability of this class.
    InvalidImageError
        The masks belong to images of different sizes.
    """
    masks_of(segmentation)
    found = [segmentation] if isinstance(segmentation, Segmentation) else segmentation
    return [each.class_mask(label) for each in found]


def foreground(
    mask: Mask, threshold: float, mask_values: Iterable[int] = ALL_MASK_VALUES
) -> NDArray[np.bool_]:
    """Return which pixels show one of these labels, with at least the threshold's probability.

    Parameters
    ----------
    mask : Mask
        The mask.
    threshold : float
        0 to 1. A pixel is foreground if its probability times 255, rounded, is at least ``round(255
        * threshold)``.
    mask_values : iterable of int
        The labels, 0 to 255.

    Returns
    -------
    numpy.ndarray
        bool, the size of the image.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1, or a label not between 0 and 255.
    """
    sure: NDArray[np.bool_] = levels_at_image_size(mask) >= cutoff(threshold)
    wanted = np.zeros(MAX_LEVEL + 1, bool)
    for value in mask_values:
        if not 0 <= value <= MAX_LEVEL:
            raise InvalidOptionError(
                f"Mask value must be in range [0, {MAX_LEVEL}] but got {value!r}. A mask of whole "
                f"people has {PERSON_MASK_VALUE} everywhere; BodyPix's body parts are 0 to 23."
            )
        wanted[value] = True
    if wanted.all():
        return sure
    if mask.values is None:
        return sure if wanted[PERSON_MASK_VALUE] else np.zeros_like(sure)
    return sure & wanted[mask.values]


def alpha_of(
    masks: Sequence[Mask],
    threshold: float,
    mask_values: Iterable[int] = ALL_MASK_VALUES,
    *,
    soft: bool,
) -> NDArray[np.uint8]:
    """Return the foreground's opacity at each pixel.

    Parameters
    ----------
    masks : sequence of Mask
        At least one; each pixel takes the highest value of all masks.
    threshold, mask_values
        See :func:`foreground`.
    soft : bool
        Whether the opacity is the probability, instead of 0 or 255.

    Returns
    -------
    numpy.ndarray
        uint8, the size of the image, 0 to 255.
    """
    wanted = [*mask_values]
    alpha = np.zeros(masks[0].size, np.uint8)
    for mask in masks:
        if soft:
            # With a threshold of 0, only the labels matter.
            labelled = foreground(mask, 0, wanted)
            levels = levels_at_image_size(mask)
            np.maximum(alpha, np.where(labelled, levels, np.uint8(0)), out=alpha)
        else:
            alpha[foreground(mask, threshold, wanted)] = MAX_LEVEL
    return alpha
