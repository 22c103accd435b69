"""Where two masks differ, as an image: drawn as the page draws it.

`tests/unit/test_saved_pictures.py` holds its colors to those of ``frontend/src/drawing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.evaluation import is_person, levels_at_image_size
from bodyseg_widgets.images import MAX_LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.evaluation import MaskLike
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation import Mask

__all__ = ["AGREEMENT_COLORS", "draw_agreement", "draw_difference"]

_BOTH, _A, _B = (0, 114, 178), (230, 159, 0), (0, 158, 115)
AGREEMENT_COLORS: Final = {"both": _BOTH, "a": _A, "b": _B}
"""Where both masks have a person, or one of them."""

_ALIKE: Final = (24, 24, 24)
_DIMMED: Final = 0.5
_GRAY: Final = (77, 150, 29)
"""Weights of red, green and blue, in 256ths."""


def draw_agreement(
    image: RgbImage, a: MaskLike, b: MaskLike, *, thresholds: tuple[float, float], opacity: float
) -> RgbImage:
    """Return an image in gray, with a color where it is a person for both models, or for one.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    a, b : Mask or numpy.ndarray
        The masks, of the image's size; or bool (H, W).
    thresholds : tuple of float
        Of each mask, 0 to 1.
    opacity : float
        How much the colors cover, 0 to 1.
    """
    in_a, in_b = is_person(a, thresholds[0]), is_person(b, thresholds[1])
    colors = np.array([(0, 0, 0), _A, _B, _BOTH], float)
    shares = np.array([opacity * _DIMMED, opacity, opacity, opacity])
    which = in_a + 2 * in_b
    return _over(image, colors[which], shares[which])


def draw_difference(image: RgbImage, a: Mask, b: Mask, *, opacity: float) -> RgbImage:
    """Return an image in gray, with the color of the model that is more certain.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    a, b : Mask
        The masks, of the image's size.
    opacity : float
        How much the colors cover, 0 to 1.
    """
    difference = levels_at_image_size(a).astype(int) - levels_at_image_size(b)
    share = (np.abs(difference) / MAX_LEVEL)[..., None]
    ends = np.where((difference > 0)[..., None], np.array(_A), np.array(_B))
    colors = np.rint(np.array(_ALIKE) + (ends - np.array(_ALIKE)) * share)
    return _over(image, colors, np.full(difference.shape, opacity))


def _over(image: RgbImage, colors: NDArray[np.float64], share: NDArray[np.float64]) -> RgbImage:
    gray = ((image.astype(int) @ np.array(_GRAY) + 128) >> 8)[..., None]
    return np.asarray(np.rint(gray + (colors - gray) * share[..., None]), np.uint8)
