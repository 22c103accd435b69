"""Which pixels show what is asked for: upstream's rule, for one mask and for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.evaluation import cutoff, levels_at_picture_size
from bodyseg_widgets.segmentation import PERSON_MASK_VALUE, Mask, Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["ALL_MASK_VALUES", "Segmentations", "alpha_of", "foreground", "masks_of"]

Segmentations: TypeAlias = "Segmentation | Sequence[Segmentation]"
"""What a segmenter gives: one, or a list of them, one for each person or for all together."""

ALL_MASK_VALUES = range(256)
"""Every label there can be."""

_MOST = 255


def masks_of(segmentation: Segmentations) -> list[Mask]:
    """Give the masks of one segmentation or several.

    Raises
    ------
    InvalidOptionError
        It is neither a segmentation nor a sequence of them.
    InvalidImageError
        They are of pictures of different sizes.
    """
    try:
        found = [segmentation] if isinstance(segmentation, Segmentation) else [*segmentation]
    except TypeError:
        found = None
    if found is None or not all(isinstance(each, Segmentation) for each in found):
        raise InvalidOptionError(
            "Expect a Segmentation or a list of them, as segment_people() gives it, but got "
            f"{segmentation!r}."
        )
    masks = [each.mask for each in found]
    sizes = {mask.size for mask in masks}
    if len(sizes) > 1:
        listed = ", ".join(sorted(f"{width}x{height}" for height, width in sizes))
        raise InvalidImageError(
            f"Expect all masks to be of one picture, but got some of {listed} (width x height)."
        )
    return masks


def foreground(
    mask: Mask, threshold: float, mask_values: Iterable[int] = ALL_MASK_VALUES
) -> NDArray[np.bool_]:
    """Say of each pixel whether it shows one of these labels, surely enough.

    Parameters
    ----------
    mask : Mask
        Where what is.
    threshold : float
        0 to 1. A pixel is in the foreground where its probability times 255, rounded, is at
        least ``round(255 * threshold)``.
    mask_values : iterable of int
        The labels, 0 to 255.

    Returns
    -------
    numpy.ndarray
        bool, the size of the picture.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1, or a label not between 0 and 255.
    """
    sure: NDArray[np.bool_] = levels_at_picture_size(mask) >= cutoff(threshold)
    wanted = np.zeros(_MOST + 1, bool)
    for value in mask_values:
        if not 0 <= value <= _MOST:
            raise InvalidOptionError(
                f"Mask value must be in range [0, {_MOST}] but got {value!r}. A mask of whole "
                f"persons has {PERSON_MASK_VALUE} everywhere, BodyPix's body parts have 0 to 23."
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
    """Say of each pixel how much of it is foreground.

    Parameters
    ----------
    masks : sequence of Mask
        At least one; a pixel takes the highest of all.
    threshold, mask_values
        See :func:`foreground`.
    soft : bool
        Whether it is the probability, in place of all or nothing.

    Returns
    -------
    numpy.ndarray
        uint8, the size of the picture, 0 to 255.
    """
    wanted = [*mask_values]
    alpha = np.zeros(masks[0].size, np.uint8)
    for mask in masks:
        if soft:
            # A threshold of 0 asks for the labels alone.
            labelled = foreground(mask, 0, wanted)
            levels = levels_at_picture_size(mask)
            np.maximum(alpha, np.where(labelled, levels, np.uint8(0)), out=alpha)
        else:
            alpha[foreground(mask, threshold, wanted)] = _MOST
    return alpha
