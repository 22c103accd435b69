"""Draw the probability of a person as a heatmap over the image."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.evaluation import levels_at_image_size
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import check_share
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, opened
from bodyseg_widgets.rendering.foreground import masks_of, masks_of_class
from bodyseg_widgets.rendering.mirror import mirrored

if TYPE_CHECKING:
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering.foreground import Segmentations

__all__ = ["draw_heatmap", "inferno"]


@cache
def inferno() -> RgbImage:
    """Return the colors of the probabilities from 0 to 1: uint8, shape (256, 1, 3), read-only.

    The color map *inferno* is Nathaniel Smith's and Stefan van der Walt's, in the public domain.
    """
    # OpenCV's table has the same colors as the live views (frontend/src/drawing/inferno.ts); a test
    # compares them.
    table = cv2.applyColorMap(np.arange(256, dtype=np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    colors = np.ascontiguousarray(table, np.uint8)
    colors.flags.writeable = False
    return colors


@named_arguments
def draw_heatmap(
    image: AnyImage,
    segmentation: Segmentations,
    opacity: float = 0.7,
    flip_horizontal: bool = False,
    *,
    label: str | None = None,
) -> AnyImage:
    """Draw the probability of a person, or of a class, over the image, in the colors of *inferno*.

    From black (certainly no one) through purple and orange to light yellow (certainly a person),
    like the view ``"heatmap"`` of a live panel. It covers the whole image.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    segmentation : Segmentation or sequence of Segmentation
        The people in the image. With several, each pixel takes the highest probability; with an
        empty sequence it is 0 everywhere.
    opacity : float
        Opacity of the heatmap, 0 to 1.
    flip_horizontal : bool
        Whether to mirror the result.
    label : str, optional
        The class whose probability is drawn, such as ``"left_hand"``; default: any person.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array. Each pixel is ``(1 -
        opacity) * image + opacity * INFERNO[level]``, where `level` is the probability times 255,
        rounded.

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from the masks'.
    InvalidOptionError
        The opacity is not between 0 and 1, or `segmentation` is not a segmentation or has no
        probability of that class.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, draw_heatmap
    >>> black = np.zeros((1, 2, 3), np.uint8)
    >>> left = Segmentation(Mask.from_levels(np.uint8([[255, 0]]), size=(1, 2)))
    >>> draw_heatmap(black, left, opacity=1).tolist()
    [[[252, 255, 164], [0, 0, 4]]]
    """
    pixels, give_back = opened(image)
    check_share("opacity", opacity)
    levels = np.zeros(pixels.shape[:2], np.uint8)
    for mask in masks_of(segmentation) if label is None else masks_of_class(segmentation, label):
        check_size(pixels, mask.size)
        np.maximum(levels, levels_at_image_size(mask), out=levels)
    heat = cv2.applyColorMap(levels, inferno())
    drawn = np.asarray(cv2.addWeighted(heat, opacity, pixels, 1 - opacity, 0), np.uint8)
    return mirrored(give_back(drawn), flip_horizontal)
