"""Masks of a video, kept from flickering."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, overload

import cv2
import numpy as np

from bodyseg_widgets.rendering.draw import check_share
from bodyseg_widgets.rendering.foreground import masks_of
from bodyseg_widgets.segmentation import Mask, Segmentation
from bodyseg_widgets.segmentation.smoothing import COMBINE_WITH_PREVIOUS, smooth_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.segmentation import Probability

__all__ = ["MaskSmoother"]


class MaskSmoother:
    """Smooths the masks of a video, frame after frame.

    Where a mask is unsure, it takes some of the one before; where it is sure, it stays as it is,
    so that who moves leaves no trail. It is upstream's rule for BlazePose, for the masks of any
    model. One smoother follows one video, and is for one thread at a time.

    Parameters
    ----------
    ratio : float
        How much of the previous mask a wholly unsure pixel takes, 0 (nothing: no smoothing) to 1
        (all of it). Default: upstream's 0.7.

    Raises
    ------
    InvalidOptionError
        `ratio` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, MaskSmoother, Segmentation
    >>> smoother = MaskSmoother()
    >>> for probability in (1.0, 0.5, 0.5):
    ...     values = np.full((1, 1), probability, np.float32)
    ...     mask = Mask(values, size=(1, 1), model_size=(1, 1))
    ...     smooth = smoother(Segmentation(mask))
    ...     print(round(smooth.mask.probability.item(), 3))
    1.0
    0.85
    0.745
    """

    def __init__(self, ratio: float = COMBINE_WITH_PREVIOUS) -> None:
        self._ratio = check_share("ratio", ratio)
        self._previous: list[Mask] = []

    @overload
    def __call__(self, segmentation: Segmentation) -> Segmentation: ...

    @overload
    def __call__(self, segmentation: Sequence[Segmentation]) -> list[Segmentation]: ...

    def __call__(
        self, segmentation: Segmentation | Sequence[Segmentation]
    ) -> Segmentation | list[Segmentation]:
        """Smooth what a segmenter found in the next frame.

        Parameters
        ----------
        segmentation : Segmentation or sequence of Segmentation
            The frame's. Of several, each goes on from the one that was at its place in the frame
            before. Where their number or the picture's size is another than before, all begin
            anew.

        Returns
        -------
        Segmentation or list of Segmentation
            The same with smoothed masks; a list for a sequence. What else a mask has is kept: its
            sizes, its region, its label values. In the first frame they are what was given.

        Raises
        ------
        InvalidOptionError
            It is neither a segmentation nor a sequence of them.
        InvalidImageError
            They are of pictures of different sizes.
        """
        masks = masks_of(segmentation)
        if [mask.size for mask in masks] == [mask.size for mask in self._previous]:
            masks = [
                self._smoothed(mask, before)
                for mask, before in zip(masks, self._previous, strict=True)
            ]
        self._previous = masks
        if isinstance(segmentation, Segmentation):
            return replace(segmentation, mask=masks[0])
        return [replace(each, mask=mask) for each, mask in zip(segmentation, masks, strict=True)]

    def reset(self) -> None:
        """Forget the video: the next frame is the first of another one."""
        self._previous = []

    def _smoothed(self, mask: Mask, previous: Mask) -> Mask:
        if 0 in mask.region.size:
            return mask
        return Mask(
            smooth_mask(mask.source, _laid_on(mask, previous), ratio=self._ratio),
            size=mask.size,
            model_size=mask.model_size,
            region=mask.region,
            values=mask.values,
        )


def _laid_on(mask: Mask, previous: Mask) -> Probability:
    """Give the previous mask where this one is, in its pixels."""
    if mask.region == previous.region and mask.source.shape == previous.source.shape:
        return previous.source
    if 0 in previous.region.size:
        return np.zeros_like(mask.source)
    there = previous.probability[mask.region.slices]
    height, width = mask.source.shape
    return np.asarray(
        cv2.resize(there, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
