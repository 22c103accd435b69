"""Masks as images: in two colors, or with a color for each label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.rendering.color import Color, ColorLike, to_color
from bodyseg_widgets.rendering.foreground import ALL_MASK_VALUES, Segmentations, masks_of
from bodyseg_widgets.rendering.foreground import foreground as foreground_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

__all__ = ["Contour", "MaskImage", "to_binary_mask", "to_colored_mask"]

MaskImage: TypeAlias = "NDArray[np.uint8]"
"""uint8 (H, W, 4), RGBA, not premultiplied."""

Contour: TypeAlias = Literal["outline", "upstream"]

CYAN = Color(0, 255, 255)
"""Upstream's contour color."""

_BLACK = Color(0, 0, 0)
_CLEAR = Color(0, 0, 0, 0)


@named_arguments
def to_binary_mask(
    segmentation: Segmentations,
    foreground: ColorLike = _CLEAR,
    background: ColorLike = _BLACK,
    draw_contour: bool = False,
    foreground_threshold: float = 0.5,
    foreground_mask_values: Iterable[int] = ALL_MASK_VALUES,
    *,
    contour: Contour = "outline",
    contour_color: ColorLike = CYAN,
    contour_width: int = 1,
) -> MaskImage | None:
    """Draw a mask in two colors: one for people, one for everything else.

    By default the result hides the background: it is opaque black there, and transparent where
    people are.

    Parameters
    ----------
    segmentation : Segmentation or sequence of Segmentation
        What a segmenter returned. A pixel is foreground if it is foreground in any of the masks.
    foreground, background : Color, sequence of int or str
        The two colors; see `ColorLike`.
    draw_contour : bool
        Whether to draw the foreground's outline, for each mask separately.
    foreground_threshold : float
        0 to 1. A pixel is foreground if its probability times 255, rounded, is at least ``round(255
        * foreground_threshold)``.
    foreground_mask_values : iterable of int
        Which labels are foreground, 0 to 255; default: all. A mask of whole people has 255
        everywhere; BodyPix's body parts are 0 to 23.
    contour : {"outline", "upstream"}
        How to draw it. ``"outline"``: on the foreground's pixels, all the way around, but not along
        the image's edges, as in the live views. ``"upstream"``: the pixels that upstream paints,
        with gaps along lower edges; cyan, one pixel wide.
    contour_color : Color, sequence of int or str
        Color of an ``"outline"``.
    contour_width : int
        How far an ``"outline"`` reaches into the foreground, in pixels, at least 1.

    Returns
    -------
    numpy.ndarray or None
        uint8 (H, W, 4), RGBA, the size of the image; None for an empty sequence.

    Raises
    ------
    InvalidOptionError
        A color, the threshold, a label, the contour or its width is invalid.
    InvalidImageError
        The masks belong to images of different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, to_binary_mask
    >>> mask = Mask.from_levels(np.array([[0, 127, 128, 255]], np.uint8), size=(1, 4))
    >>> to_binary_mask(Segmentation(mask), "white", "black")[0, :, 0].tolist()
    [0, 0, 255, 255]
    """
    check_choice("contour", contour, get_args(Contour))
    if contour_width < 1 or int(contour_width) != contour_width:
        raise InvalidOptionError(
            "contour_width must be a whole number of pixels, at least 1, but got "
            f"{contour_width!r}."
        )
    colors = [to_color(each) for each in (background, foreground, contour_color)]
    masks = masks_of(segmentation)
    if not masks:
        return None
    values = [*foreground_mask_values]
    image = np.empty(masks[0].size, np.uint32)
    image.fill(_packed(colors[0]))
    strokes = []
    for mask in masks:
        shape = foreground_of(mask, foreground_threshold, values)
        image[shape] = _packed(colors[1])
        if draw_contour:
            strokes.append(
                outline(shape, int(contour_width))
                if contour == "outline"
                else upstream_contour(shape)
            )
    for stroke in strokes:
        image[stroke] = _packed(colors[2] if contour == "outline" else CYAN)
    return _unpacked(image)


@named_arguments
def to_colored_mask(
    segmentation: Segmentations,
    mask_value_to_color: Callable[[int], ColorLike],
    background: ColorLike = _BLACK,
    foreground_threshold: float = 0.5,
) -> MaskImage | None:
    """Draw each label in its own color.

    Parameters
    ----------
    segmentation : Segmentation or sequence of Segmentation
        What a segmenter returned; with several, later ones are drawn over earlier ones.
    mask_value_to_color : callable
        ``(value) -> color`` for each label in the masks, such as
        `body_pix_mask_value_to_rainbow_color`. Its exceptions are passed on.
    background : Color, sequence of int or str
        The color of pixels below the threshold; see `ColorLike`.
    foreground_threshold : float
        0 to 1; see `to_binary_mask`. At 0 the background also counts as a label, for which BodyPix
        has no color.

    Returns
    -------
    numpy.ndarray or None
        uint8 (H, W, 4), RGBA, the size of the image; None for an empty sequence.

    Raises
    ------
    InvalidOptionError
        A color or the threshold is invalid.
    InvalidImageError
        The masks belong to images of different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, to_colored_mask
    >>> head = np.zeros((1, 2, 4), np.uint8)
    >>> head[0, 1, 3] = 255
    >>> colors = {0: "orange"}
    >>> to_colored_mask(Segmentation(Mask.from_image_data(head)), colors.get).tolist()
    [[[0, 0, 0, 255], [255, 165, 0, 255]]]
    """
    behind = to_color(background)
    masks = masks_of(segmentation)
    if not masks:
        return None
    image = np.empty(masks[0].size, np.uint32)
    image.fill(_packed(behind))
    for mask in masks:
        shape = foreground_of(mask, foreground_threshold)
        values = mask.values
        if values is None:
            if shape.any():
                image[shape] = _packed(to_color(mask_value_to_color(255)))
            continue
        labels = values[shape]
        table = np.zeros(256, np.uint32)
        for label in np.unique(labels):
            table[label] = _packed(to_color(mask_value_to_color(int(label))))
        image[shape] = table[labels]
    return _unpacked(image)


def outline(shape: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return the pixels of a shape within `width` pixels of its outline.

    These are the pixels with a pixel outside the shape at most `width` pixels above, below, to the
    left or to the right. The shape is taken to extend beyond the image's edges. The live views use
    the same rule (``drawing/pixels.ts``).
    """
    cross = np.zeros((2 * width + 1, 2 * width + 1), np.uint8)
    cross[width], cross[:, width] = 1, 1
    inner = cv2.erode(shape.view(np.uint8), cross, borderType=cv2.BORDER_REPLICATE)
    near: NDArray[np.bool_] = shape & (np.asarray(inner) == 0)
    return near


def upstream_contour(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels that upstream paints as a contour.

    Upstream goes through the image from the top. For each pixel of the shape that is not at the
    image's edge and has at least one diagonal neighbor outside the shape, it paints all four
    diagonal neighbors. The lower two are lost, because it paints them again when it gets there.
    """
    diagonal = np.ones(shape.shape, bool)
    diagonal[1:-1, 1:-1] = shape[:-2, :-2] & shape[:-2, 2:] & shape[2:, :-2] & shape[2:, 2:]
    at_outline = shape & ~diagonal
    painted = np.zeros_like(shape)
    painted[:-1, :-1] |= at_outline[1:, 1:]
    painted[:-1, 1:] |= at_outline[1:, :-1]
    return painted


def _packed(color: Color) -> np.uint32:
    """Return a color's bytes as one number: writing it is four times as fast."""
    return np.frombuffer(bytes(color), np.uint32)[0]  # type: ignore[no-any-return]


def _unpacked(image: NDArray[np.uint32]) -> MaskImage:
    return image.view(np.uint8).reshape(*image.shape, 4)
