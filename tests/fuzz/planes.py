"""Planes of classes and people, as results that are stored in files have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets import Mask, Segmentation
from bodyseg_widgets.segmentation import PackedLevels

if TYPE_CHECKING:
    from numpy.random import Generator

_SIZE: Final = (24, 32)
_SHAPE: Final = (6, 8)
_LABELS: Final = {0: "hair", 7: "left_hand"}


def made_up_classes(chance: Generator) -> Segmentation:
    """Return a segmentation of 24 x 32 pixels with all kinds of planes."""

    def plane() -> PackedLevels:
        return PackedLevels.of(chance.integers(0, 255, _SHAPE, np.uint8))

    mask = Mask(
        plane(), size=_SIZE, model_size=_SHAPE, values=plane(), people=plane(), classes={7: plane()}
    )
    return Segmentation(mask, _LABELS)


def use_all(segmentation: Segmentation) -> None:
    """Check that everything that a segmentation has is of the image's size."""
    mask = segmentation.mask
    assert mask.probability.shape == mask.size
    for plane in (mask.values, mask.people):
        assert plane is None or (plane.shape, plane.dtype) == (mask.size, np.uint8)
    for value in mask.class_values or ():
        assert segmentation.class_probability(segmentation.labels[value]).shape == mask.size
