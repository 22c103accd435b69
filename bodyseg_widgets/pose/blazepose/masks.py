"""A person's mask in the image, smoothed over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.segmentation import Mask, Region, Segmentation
from bodyseg_widgets.segmentation.sizes import reduced
from bodyseg_widgets.segmentation.smoothing import smooth_mask

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation import Probability, Size

__all__ = ["MODEL_PIXELS", "PersonMaskSmoother", "PlacedMask", "to_segmentation"]

MODEL_PIXELS = 256 * 256
"""Number of pixels of the network's mask."""


@dataclass(frozen=True, eq=False)
class PlacedMask:
    """The probability in one part of an image; it is 0 elsewhere.

    Attributes
    ----------
    probability : numpy.ndarray
        float32 of the size of `region`, 0 to 1.
    region : Region
        Its position.
    """

    probability: Probability
    region: Region


class PersonMaskSmoother:
    """Smooths one person's masks from frame to frame."""

    def __init__(self) -> None:
        self._previous: PlacedMask | None = None

    def __call__(self, new: PlacedMask) -> PlacedMask:
        """Return the smoothed mask, in the region of the new one.

        Outside that region the new mask is 0, which is so certain that the previous one would add
        at most 0.00003.
        """
        smoothed = new
        if self._previous is not None:
            before = _moved(self._previous, new.region)
            smoothed = PlacedMask(smooth_mask(new.probability, before), new.region)
        self._previous = smoothed
        return smoothed


def to_segmentation(mask: PlacedMask, size: Size) -> Segmentation:
    """Wrap a mask as a segmentation; `size` is the image's (height, width)."""
    if 0 in mask.region.size:
        return Segmentation(Mask(np.zeros((1, 1), np.float32), size=size, model_size=(1, 1)))
    return Segmentation(
        Mask(
            mask.probability,
            size=size,
            model_size=reduced(mask.region.size, MODEL_PIXELS),
            region=mask.region,
        )
    )


def _moved(mask: PlacedMask, region: Region) -> Probability:
    """Return the part of a mask within another region, 0 where they do not overlap."""
    if mask.region == region:
        return mask.probability
    moved = np.zeros(region.size, np.float32)
    left, top = max(mask.region.left, region.left), max(mask.region.top, region.top)
    right = min(mask.region.left + mask.region.width, region.left + region.width)
    bottom = min(mask.region.top + mask.region.height, region.top + region.height)
    if left < right and top < bottom:
        shared = Region(left, top, right - left, bottom - top)
        moved[_within(shared, region)] = mask.probability[_within(shared, mask.region)]
    return moved


def _within(part: Region, whole: Region) -> tuple[slice, slice]:
    return Region(part.left - whole.left, part.top - whole.top, part.width, part.height).slices
