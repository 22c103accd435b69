"""A picture comes back as what it came as."""

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

__all__ = ["Picture", "check_size", "opened"]

Picture = TypeVar("Picture")
"""A picture of any kind that :func:`bodyseg_widgets.images.to_rgb` takes."""


def opened(image: Picture) -> tuple[RgbImage, Callable[[RgbImage], Picture]]:
    """Give a picture's pixels, and what makes a picture of its kind of others.

    A PIL image gives a PIL image, everything else an array. Where the picture has an alpha
    channel, the new one has the same; it is not looked at otherwise.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB. It may be the picture's own memory: do not write into it.
    callable
        ``(pixels) -> picture``.

    Raises
    ------
    InvalidImageError
        It is no picture; see :func:`bodyseg_widgets.images.to_rgb`.
    """
    pixels = to_rgb(cast("np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", image))
    if isinstance(image, Image.Image):
        alpha = _alpha(image)

        def to_pil(made: RgbImage) -> Picture:
            result = Image.fromarray(made)
            if alpha is not None:
                result.putalpha(alpha)
            return cast("Picture", result)

        return pixels, to_pil
    four = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 4  # noqa: PLR2004

    def to_array(made: RgbImage) -> Picture:
        if four:
            return cast("Picture", np.dstack([made, cast("np.ndarray", image)[..., 3]]))
        return cast("Picture", made)

    return pixels, to_array


def _alpha(image: Image.Image) -> Image.Image | None:
    """Give a PIL image's alpha channel, turned as its pixels are; None where it is opaque."""
    if not image.has_transparency_data:
        return None
    return ImageOps.exif_transpose(image).convert("RGBA").getchannel("A")


def check_size(pixels: RgbImage, size: Size, what: str = "mask") -> None:
    """Refuse what belongs to a picture of another size, in upstream's words.

    Raises
    ------
    InvalidImageError
        `size`, the (height, width) of `what`, is not the picture's.
    """
    height, width = pixels.shape[:2]
    if (height, width) != tuple(size):
        raise InvalidImageError(
            f"Dimensions must match: the image has dimensions {width}x{height}, the {what} has "
            f"dimensions {size[1]}x{size[0]} (width x height). Segment the very picture that is "
            "drawn, or scale one of the two."
        )
