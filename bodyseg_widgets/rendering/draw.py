"""Draw masks over the images they were made from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import check_share
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, opened
from bodyseg_widgets.rendering.blur import check_amount, gaussian_blur
from bodyseg_widgets.rendering.mirror import mirrored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering.masks import MaskImage

__all__ = ["draw_mask", "draw_pixelated_mask"]

MaskOrNone: TypeAlias = "MaskImage | Image.Image | None"

_RGBA = 4


@named_arguments
def draw_mask(
    image: AnyImage,
    mask_image: MaskOrNone,
    mask_opacity: float = 0.7,
    mask_blur_amount: float = 0,
    flip_horizontal: bool = False,
) -> AnyImage:
    """Draw a mask over the image it was made from.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    mask_image : numpy.ndarray, PIL.Image.Image or None
        The result of `to_binary_mask` or `to_colored_mask`: RGBA, of the image's size. None leaves
        the image unchanged.
    mask_opacity : float
        Opacity of the mask, 0 to 1.
    mask_blur_amount : float
        Standard deviation of the mask's blur, in pixels; 0 for none.
    flip_horizontal : bool
        Whether to mirror the result.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array.

    Raises
    ------
    InvalidImageError
        `image` or `mask_image` is not an image, or their sizes differ.
    InvalidOptionError
        The opacity or the blur is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import draw_mask
    >>> white = np.full((1, 1, 3), 255, np.uint8)
    >>> draw_mask(white, np.uint8([[[0, 0, 0, 255]]]), mask_opacity=0.8).tolist()
    [[[51, 51, 51]]]
    """
    pixels, give_back = opened(image)
    opacity = check_share("mask_opacity", mask_opacity)
    sigma = check_amount("mask_blur_amount", mask_blur_amount)
    if mask_image is None:
        return mirrored(give_back(pixels.copy()), flip_horizontal)
    covering, alpha = _premultiplied(_opened_mask(mask_image, pixels), sigma)
    drawn = _over(covering, alpha, opacity, pixels)
    return mirrored(give_back(drawn), flip_horizontal)


@named_arguments
def draw_pixelated_mask(
    image: AnyImage,
    mask_image: MaskOrNone,
    mask_opacity: float = 0.7,
    mask_blur_amount: float = 0,
    flip_horizontal: bool = False,
    pixel_cell_width: float = 10.0,
) -> AnyImage:
    """Draw a mask over its image in coarse cells with white lines between them.

    Parameters
    ----------
    image, mask_image, mask_opacity, mask_blur_amount, flip_horizontal
        See `draw_mask`.
    pixel_cell_width : float
        Width and height of a cell, in pixels, at least 1.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array. Each cell has the
        mask's color at its center. As in upstream, as many whole cells as fit are stretched over
        the image, so the lines drift from them by up to one cell.

    Raises
    ------
    InvalidImageError
        `image` or `mask_image` is not an image, or their sizes differ.
    InvalidOptionError
        The opacity, the blur or the cell width is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import draw_pixelated_mask
    >>> black, mask = np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 4), 255, np.uint8)
    >>> draw_pixelated_mask(black, mask, mask_opacity=0.2, pixel_cell_width=4)[2, 2].tolist()
    [51, 51, 51]
    """
    pixels, give_back = opened(image)
    opacity = check_share("mask_opacity", mask_opacity)
    sigma = check_amount("mask_blur_amount", mask_blur_amount)
    if not (math.isfinite(pixel_cell_width) and pixel_cell_width >= 1):
        raise InvalidOptionError(
            "pixel_cell_width must be a number of pixels, at least 1, but got "
            f"{pixel_cell_width!r}."
        )
    if mask_image is None:
        return mirrored(give_back(pixels.copy()), flip_horizontal)
    covering, alpha = _premultiplied(_opened_mask(mask_image, pixels), sigma)
    covering = _with_grid(_in_cells(covering, pixel_cell_width), pixel_cell_width)
    if alpha is not None:
        alpha = _with_grid(_in_cells(alpha, pixel_cell_width), pixel_cell_width)
    drawn = _over(covering, alpha, opacity, pixels)
    return mirrored(give_back(drawn), flip_horizontal)


def _opened_mask(mask_image: MaskImage | Image.Image, pixels: RgbImage) -> MaskImage:
    given = mask_image
    mask = np.asarray(given.convert("RGBA") if isinstance(given, Image.Image) else given)
    if mask.dtype != np.uint8 or mask.ndim != 3 or mask.shape[2] != _RGBA:  # noqa: PLR2004 - an image
        raise InvalidImageError(
            "Expect mask_image to be RGBA, uint8 with shape (height, width, 4), as "
            f"to_binary_mask() returns it, but got {mask.dtype} with shape {mask.shape}."
        )
    check_size(pixels, mask.shape[:2])
    return mask


def _premultiplied(
    mask: MaskImage, sigma: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """Return a mask's colors times its alpha, and its alpha, both blurred.

    The alpha is None if the mask is opaque everywhere.
    """
    colors, alpha = np.asarray(cv2.cvtColor(mask, cv2.COLOR_RGBA2RGB), np.uint8), mask[..., 3]
    if alpha.min() == MAX_LEVEL:
        return gaussian_blur(colors, sigma), None
    covering = np.asarray(
        cv2.multiply(colors, cv2.merge([alpha] * 3), scale=1 / MAX_LEVEL), np.uint8
    )
    if sigma == 0:
        return covering, np.ascontiguousarray(alpha)
    return gaussian_blur(covering, sigma), gaussian_blur(alpha, sigma)


def _over(
    covering: NDArray[np.uint8],
    alpha: NDArray[np.uint8] | None,
    opacity: float,
    pixels: RgbImage,
) -> RgbImage:
    """Draw premultiplied colors over an image."""
    if alpha is None:
        return np.asarray(cv2.addWeighted(covering, opacity, pixels, 1 - opacity, 0), np.uint8)
    left = cv2.merge([cv2.convertScaleAbs(alpha, alpha=-opacity, beta=MAX_LEVEL)] * 3)
    under = cv2.multiply(pixels, left, scale=1 / MAX_LEVEL)
    return np.asarray(cv2.addWeighted(covering, opacity, under, 1, 0), np.uint8)


def _in_cells(pixels: NDArray[np.uint8], cell: float) -> NDArray[np.uint8]:
    """Pixelate an image: each cell takes the color at its center."""
    height, width = pixels.shape[:2]
    columns, rows = max(1, int(width / cell)), max(1, int(height / cell))
    x = (np.arange(columns, dtype=np.float32) + 0.5) * (width / columns) - 0.5
    y = (np.arange(rows, dtype=np.float32) + 0.5) * (height / rows) - 0.5
    across, down = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    middles = cv2.remap(pixels, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(
        cv2.resize(middles, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8
    )


def _with_grid(pixels: NDArray[np.uint8], cell: float) -> NDArray[np.uint8]:
    """Draw white lines between the cells, half on one pixel and half on the next."""
    height, width = pixels.shape[:2]
    left = np.outer(1 - _lines(height, cell), 1 - _lines(width, cell))
    return np.asarray(
        cv2.blendLinear(pixels, np.full_like(pixels, MAX_LEVEL), left, 1 - left), np.uint8
    )


def _lines(length: int, cell: float) -> NDArray[np.float32]:
    """Return the share of each pixel of a row that the lines cover, 0 to 1."""
    covered = np.zeros(length + 2, np.float32)
    begin = np.arange(int(length / cell) + 1) * cell - 0.5
    first = np.floor(begin).astype(int)
    np.add.at(covered, first + 1, first + 1 - begin)
    np.add.at(covered, first + 2, begin - first)
    return np.minimum(covered[1:-1], 1)
