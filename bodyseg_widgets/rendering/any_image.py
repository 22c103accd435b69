"""Return the type that was passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from PIL import Image, ImageOps

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.images import to_rgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation import Size

__all__ = ["AnyImage", "check_size", "opened"]

AnyImage = TypeVar("AnyImage")
"""An image of any type that :func:`bodyseg_widgets.images.to_rgb` accepts."""


def opened(image: AnyImage) -> tuple[RgbImage, Callable[[RgbImage], AnyImage]]:
    """Return an image's pixels, and a function that converts pixels back to its type.

    A PIL image is converted back to a PIL image, everything else to an array. If the image has an
    alpha channel, the new one gets the same; otherwise it is ignored.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB. It may share the image's memory: do not write into it.
    callable
        ``(pixels) -> image``.

    Raises
    ------
    InvalidImageError
        `image` is not an image; see :func:`bodyseg_widgets.images.to_rgb`.
    """
    pixels = to_rgb(cast("np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", image))
    if isinstance(image, Image.Image):
        alpha = _alpha(image)

        def to_pil(made: RgbImage) -> AnyImage:
            result = Image.fromarray(made)
            if alpha is not None:
                result.putalpha(alpha)
            return cast("AnyImage", result)

        return pixels, to_pil
    four = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 4  # noqa: PLR2004

    def to_array(made: RgbImage) -> AnyImage:
        if four:
            return cast("AnyImage", np.dstack([made, cast("np.ndarray", image)[..., 3]]))
        return cast("AnyImage", made)

    return pixels, to_array


def _alpha(image: Image.Image) -> Image.Image | None:
    """Return a PIL image's alpha channel, rotated like its pixels; None if it is opaque."""
    if not image.has_transparency_data:
        return None
    return ImageOps.exif_transpose(image).convert("RGBA").getchannel("A")


def check_size(pixels: RgbImage, size: Size, what: str = "mask") -> None:
    """Raise upstream's error if `what` has a different size than the image.

    Raises
    ------
    InvalidImageError
        `size`, the (height, width) of `what`, differs from the image's.
    """
    height, width = pixels.shape[:2]
    if (height, width) != tuple(size):
        raise InvalidImageError(
            f"Dimensions must match: the image has dimensions {width}x{height}, the {what} has "
            f"dimensions {size[1]}x{size[0]} (width x height). Segment the same image that is "
            "drawn, or resize one of them."
        )
