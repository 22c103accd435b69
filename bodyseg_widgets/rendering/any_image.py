"""Return the type that was passed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from PIL import Image

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.images import MAX_LEVEL, in_profile, read_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets.images import ImageInput, ReadImage, RgbImage
    from bodyseg_widgets.segmentation import Size

__all__ = ["AnyImage", "check_size", "opened", "read", "returned"]

AnyImage = TypeVar("AnyImage")
"""An image of any type that :func:`bodyseg_widgets.images.to_rgb` accepts."""


def opened(image: AnyImage) -> tuple[RgbImage, Callable[[RgbImage], AnyImage]]:
    """Return an image's pixels, and a function that converts pixels back to its type.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB, over white where the image is transparent. It may share the image's
        memory: do not write into it.
    callable
        ``(pixels) -> image``; see `returned`.

    Raises
    ------
    InvalidImageError
        `image` is not an image; see :func:`bodyseg_widgets.images.to_rgb`.
    """
    found = read(image)
    return found.image, lambda made: returned(made, image, found)


def read(image: AnyImage) -> ReadImage:
    """Read an image that is returned later.

    Raises
    ------
    InvalidImageError
        `image` is not an image; see :func:`bodyseg_widgets.images.to_rgb`.
    """
    return read_image(cast("ImageInput", image))


def returned(
    made: RgbImage, image: AnyImage, found: ReadImage, *, opaque: bool = False
) -> AnyImage:
    """Convert pixels back to the type of an image.

    Parameters
    ----------
    made : numpy.ndarray
        uint8 (H, W, 3), RGB.
    image : image
        The image that they are made from. Of a PIL image it is a PIL image, also with its ICC
        profile if that is one for RGB; of everything else an array.
    found : ReadImage
        What `read` returned for `image`. If it has an alpha channel, the new one gets the same:
        over white, it looks like `made`, and nothing of what was hidden is in it.
    opaque : bool
        Whether the alpha channel is 255 everywhere instead.
    """
    alpha = found.alpha
    if alpha is not None and opaque:
        alpha = np.full_like(alpha, MAX_LEVEL)
    elif alpha is not None:
        made = _before_white(made, alpha)
    if not isinstance(image, Image.Image):
        return cast("AnyImage", made if alpha is None else np.dstack([made, alpha]))
    drawn = Image.fromarray(made) if found.profile is None else in_profile(made, found.profile)
    if alpha is not None:
        drawn.putalpha(Image.fromarray(alpha))
    return cast("AnyImage", drawn)


def _before_white(made: RgbImage, alpha: NDArray[np.uint8]) -> RgbImage:
    """Return the colors that look like `made` where they lie over white with this opacity."""
    partly = np.flatnonzero(alpha < MAX_LEVEL)
    share = alpha.reshape(-1).take(partly).astype(np.float32)[:, None] / MAX_LEVEL
    missing = MAX_LEVEL - made.reshape(-1, 3).take(partly, axis=0).astype(np.float32)
    # What is fully transparent is white.
    colors = MAX_LEVEL - np.divide(missing, share, out=np.zeros_like(missing), where=share > 0)
    before = made.copy()
    before.reshape(-1, 3)[partly] = np.clip(np.rint(colors), 0, MAX_LEVEL).astype(np.uint8)
    return before


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
