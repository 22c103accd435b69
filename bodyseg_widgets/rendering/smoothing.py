"""Reduce the flicker of a video's masks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, overload

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import check_share
from bodyseg_widgets.rendering.foreground import masks_of
from bodyseg_widgets.segmentation import Mask, Segmentation
from bodyseg_widgets.segmentation.smoothing import COMBINE_WITH_PREVIOUS, smooth_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.segmentation import Probability

__all__ = ["MaskSmoother"]


class MaskSmoother:
    """Smooths the masks of a video, frame by frame.

    Where a mask is uncertain, it is blended with the previous one; where it is certain, it is
    unchanged, so moving people leave no trail. This is upstream's rule for BlazePose, applied to
    any model's masks. Use one smoother per video, from one thread at a time.

    Parameters
    ----------
    ratio : float
        Weight of the previous mask at a completely uncertain pixel, 0 (no smoothing) to 1 (previous
        mask only). Default: upstream's 0.7.

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

    @named_arguments
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
        """Smooth the segmentation of the next frame.

        Parameters
        ----------
        segmentation : Segmentation or sequence of Segmentation
            The frame's segmentation. With several, each continues the one at the same position in
            the previous frame. If their number or the image's size changes, all start over.

        Returns
        -------
        Segmentation or list of Segmentation
            The same with smoothed masks; a list for a sequence. Everything else is kept: sizes,
            region, label values. The first frame's masks are returned unchanged.

        Raises
        ------
        InvalidOptionError
            `segmentation` is neither a segmentation nor a sequence of them.
        InvalidImageError
            The masks belong to images of different sizes.
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
        """Start a new video with the next frame."""
        self._previous = []

    def _smoothed(self, mask: Mask, previous: Mask) -> Mask:
        if 0 in mask.region.size:
            return mask
        return mask.with_source(
            smooth_mask(mask.source, _laid_on(mask, previous), ratio=self._ratio)
        )


def _laid_on(mask: Mask, previous: Mask) -> Probability:
    """Return the previous mask, resampled to this one's region and size."""
    if mask.region == previous.region and mask.source.shape == previous.source.shape:
        return previous.source
    if 0 in previous.region.size:
        return np.zeros_like(mask.source)
    there = previous.probability[mask.region.slices]
    height, width = mask.source.shape
    return np.asarray(
        cv2.resize(there, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
