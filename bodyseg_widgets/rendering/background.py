"""Replace the background behind people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.evaluation import cutoff
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, read, returned
from bodyseg_widgets.rendering.blur import check_amount, gaussian_blur
from bodyseg_widgets.rendering.bokeh import mixed
from bodyseg_widgets.rendering.color import Color, to_color
from bodyseg_widgets.rendering.foreground import alpha_of, masks_of
from bodyseg_widgets.rendering.matting import foreground_colors
from bodyseg_widgets.rendering.mirror import mirrored

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.rendering.color import ColorLike
    from bodyseg_widgets.rendering.foreground import Segmentations
    from bodyseg_widgets.segmentation import Size

__all__ = ["BackgroundLike", "color_of", "replace_background"]

BackgroundLike: TypeAlias = "ColorLike | ImageInput"
"""A color, or an image of any kind. A str that is a CSS color name or code is a color, any other
str is a path: ``"red"`` is a color, ``"./red"`` a file."""


@named_arguments
def replace_background(
    image: AnyImage,
    segmentation: Segmentations,
    background: BackgroundLike,
    foreground_threshold: float = 0.5,
    edge_blur_amount: float = 3,
    flip_horizontal: bool = False,
    *,
    soft: bool = True,
    decontaminate: bool = True,
) -> AnyImage:
    """Replace the background behind people.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`. Where it is transparent, the new
        background is seen, as where there are no people.
    segmentation : Segmentation or sequence of Segmentation
        The people in the image. If the sequence is empty, only the background is drawn.
    background : Color, sequence of int, str, or a image of any kind
        A color or an image. A str that is a CSS color name or code is a color, any other str is a
        path: write ``"./red"`` for a file of that name.

        - A color that is not opaque is blended with the original background.
        - An image is scaled until it covers all of `image`, and cropped evenly on both sides. It
          lies over white where it is transparent. An image of the same size as `image` is fastest.
        - For a video, pass its next frame with each call.
    foreground_threshold : float
        0 to 1; see `to_binary_mask`. Used only if `soft` is False.
    edge_blur_amount : float
        Standard deviation of the blur of the people's outline, in pixels; 0 for none. Used only if
        `soft` is False.
    flip_horizontal : bool
        Whether to mirror the result, including the new background.
    soft : bool
        Whether to use the probability as the opacity of people: hair and other fine details fade
        instead of being cut off. Otherwise people are cut out at the threshold and their outline is
        blurred.
    decontaminate : bool
        Whether to remove the old background's color from soft edges; see `estimate_foreground`.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array. It is opaque: an alpha
        channel is 255.

    Raises
    ------
    InvalidImageError
        `image` is not an image, its size differs from the masks', or `background` is neither a
        color nor an image.
    InvalidOptionError
        The threshold or the blur is out of range, or the numbers of `background` are not a color.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, replace_background
    >>> gray = np.full((1, 2, 3), 99, np.uint8)
    >>> left = Segmentation(Mask.from_levels(np.uint8([[255, 0]]), size=(1, 2)))
    >>> replace_background(gray, left, "#00f").tolist()
    [[[99, 99, 99], [0, 0, 255]]]
    """
    found = read(image)
    pixels = found.image
    cutoff(foreground_threshold)
    edge = check_amount("edge_blur_amount", edge_blur_amount)
    masks = masks_of(segmentation)
    behind, opacity = _opened_background(background, pixels.shape[:2])
    if masks:
        check_size(pixels, masks[0].size)
        alpha = alpha_of(masks, foreground_threshold, soft=soft)
        if not soft:
            alpha = gaussian_blur(alpha, edge)
        if found.alpha is not None:
            alpha = np.minimum(alpha, found.alpha)
        over = foreground_colors(pixels, alpha) if decontaminate else pixels
        drawn = mixed(over, behind, alpha)
    else:
        drawn = behind.copy()
    if opacity < 1:
        drawn = np.asarray(cv2.addWeighted(drawn, opacity, pixels, 1 - opacity, 0), np.uint8)
    return mirrored(returned(drawn, image, found, opaque=True), flip_horizontal)


def _opened_background(background: BackgroundLike, size: Size) -> tuple[RgbImage, float]:
    """Return a background's pixels and its opacity, 0 to 1."""
    color = color_of(background)
    if color is not None:
        height, width = size
        row = np.tile(np.array(color[:3], np.uint8), width)
        return np.tile(row, (height, 1)).reshape(height, width, 3), color.a / MAX_LEVEL
    try:
        pixels = to_rgb(cast("ImageInput", background))
    except InvalidImageError as error:
        raise InvalidImageError(
            f"background must be a color, such as 'teal' or (0, 163, 163), or an image: {error}"
        ) from error
    return _covering(pixels, size), 1.0


def color_of(background: BackgroundLike) -> Color | None:
    """Return the background as a color; None if it is an image, or should be one."""
    if isinstance(background, str):
        try:
            return to_color(background)
        except InvalidOptionError:
            return None
    if isinstance(background, np.ndarray) and background.ndim == 1:
        return to_color(background.tolist())
    return to_color(background) if isinstance(background, Sequence) else None


def _covering(image: RgbImage, size: Size) -> RgbImage:
    """Scale an image until it covers `size`, and crop the excess evenly on both sides."""
    height, width = size
    given_height, given_width = image.shape[:2]
    if (given_height, given_width) == size:
        return image
    scale = max(height / given_height, width / given_width)
    rows = min(given_height, max(1, round(height / scale)))
    columns = min(given_width, max(1, round(width / scale)))
    top, left = (given_height - rows) // 2, (given_width - columns) // 2
    # Crop first, so that only visible pixels are scaled. Then shrink by a whole number, which takes
    # OpenCV a fraction of the time that other factors take.
    seen = image[top : top + rows, left : left + columns]
    whole = int(1 / scale)
    if whole > 1:
        less = (columns // whole, rows // whole)
        seen = seen[: less[1] * whole, : less[0] * whole]
        seen = np.asarray(cv2.resize(seen, less, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(seen, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
