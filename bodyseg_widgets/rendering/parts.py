"""Draw classes, such as body parts, and people over the image, each in a color of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.rendering.color import Color
from bodyseg_widgets.rendering.draw import draw_mask
from bodyseg_widgets.rendering.foreground import foreground, masks_of
from bodyseg_widgets.rendering.masks import to_colored_mask
from bodyseg_widgets.rendering.part_colors import class_colors, person_color
from bodyseg_widgets.segmentation import Segmentation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.rendering.any_image import AnyImage
    from bodyseg_widgets.rendering.foreground import Segmentations
    from bodyseg_widgets.rendering.part_colors import Palette
    from bodyseg_widgets.segmentation import Mask

__all__ = ["draw_parts", "draw_people"]

_CLEAR = Color(0, 0, 0, 0)


@named_arguments
def draw_parts(
    image: AnyImage,
    segmentation: Segmentations,
    opacity: float = 0.7,
    flip_horizontal: bool = False,
    *,
    palette: Palette = "rainbow",
    foreground_threshold: float = 0.5,
) -> AnyImage:
    """Draw each class, such as a body part, over the image in its own color.

    Like the view ``"parts"`` of a live panel: `to_colored_mask` in the colors of `class_colors`,
    drawn by `draw_mask`. The class *background* has no color.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    segmentation : Segmentation or sequence of Segmentation
        Of a model that tells classes apart; with several, later ones are drawn over earlier ones.
    opacity : float
        Opacity of the colors, 0 to 1.
    flip_horizontal : bool
        Whether to mirror the result.
    palette : {"rainbow", "colorblind"}
        See `class_colors`.
    foreground_threshold : float
        0 to 1: the probability of a person from which a pixel has a color; see `to_binary_mask`.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array.

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from the masks'.
    InvalidOptionError
        The model tells no classes apart, or an option is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, draw_parts
    >>> levels, values = np.uint8([[255, 255, 0]]), np.uint8([[0, 1, 1]])
    >>> mask = Mask(levels, size=(1, 3), model_size=(1, 3), values=values)
    >>> parts = Segmentation(mask, {0: "head", 1: "torso"})
    >>> draw_parts(np.zeros((1, 3, 3), np.uint8), parts, opacity=1).tolist()
    [[[110, 64, 170], [175, 240, 91], [0, 0, 0]]]
    """
    masks_of(segmentation)
    found = [segmentation] if isinstance(segmentation, Segmentation) else segmentation
    colored: NDArray[np.uint8] | None = None
    for each in found:
        upper = _colored(each, palette, foreground_threshold)
        colored = upper if colored is None else np.where(upper[..., 3:] > 0, upper, colored)
    return draw_mask(image, colored, opacity, flip_horizontal=flip_horizontal)


def _colored(segmentation: Segmentation, palette: Palette, threshold: float) -> NDArray[np.uint8]:
    labels = segmentation.labels
    if not segmentation.has_classes:
        raise InvalidOptionError(
            f"segmentation tells no classes apart: its only label is {', '.join(labels.values())!r}"
            ". Use BodyPix with segment_body_parts=True, or a model of your own with labels=[…]."
        )
    colors = class_colors(labels, palette)
    colored = to_colored_mask(
        segmentation, lambda value: colors.get(value, _CLEAR), _CLEAR, threshold
    )
    return np.asarray(colored, np.uint8)


@named_arguments
def draw_people(
    image: AnyImage,
    segmentation: Segmentations,
    opacity: float = 0.7,
    flip_horizontal: bool = False,
    *,
    palette: Palette = "rainbow",
    foreground_threshold: float = 0.5,
    numbers: Sequence[int] | None = None,
) -> AnyImage:
    """Draw each person over the image in a color of their own.

    Like the view ``"people"`` of a live panel.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    segmentation : Segmentation or sequence of Segmentation
        One whose mask has `Mask.people`, or one for each person, as BodyPix returns them with
        ``multi_segmentation=True``; later ones are drawn over earlier ones.
    opacity : float
        Opacity of the colors, 0 to 1.
    flip_horizontal : bool
        Whether to mirror the result.
    palette : {"rainbow", "colorblind"}
        See `person_color`.
    foreground_threshold : float
        0 to 1: the probability of a person from which a pixel has a color; see `to_binary_mask`.
    numbers : sequence of int, optional
        The number that each person's color is chosen by, such as `Pose.id`, so that people keep
        their colors from frame to frame. Default: 1, 2 and so on.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array.

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from the masks'.
    InvalidOptionError
        A mask does not tell people apart, or an option is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, draw_people
    >>> levels, people = np.uint8([[255, 255, 0]]), np.uint8([[1, 2, 2]])
    >>> mask = Mask(levels, size=(1, 3), model_size=(1, 3), people=people)
    >>> draw_people(np.zeros((1, 3, 3), np.uint8), Segmentation(mask), opacity=1).tolist()
    [[[143, 61, 178], [255, 140, 56], [0, 0, 0]]]
    """
    masks = masks_of(segmentation)
    if not masks:
        return draw_mask(image, None, opacity, flip_horizontal=flip_horizontal)
    if isinstance(segmentation, Segmentation):
        people = _people_of(masks[0], foreground_threshold)
    else:
        people = np.zeros(masks[0].size, np.uint8)
        for number, mask in enumerate(masks, start=1):
            people[foreground(mask, foreground_threshold)] = number
    colored = _people_colors(numbers, palette)[people]
    return draw_mask(image, colored, opacity, flip_horizontal=flip_horizontal)


def _people_of(mask: Mask, threshold: float) -> NDArray[np.uint8]:
    if mask.people is None:
        raise InvalidOptionError(
            "segmentation does not tell people apart. Use BlazePose with max_poses above 1 or "
            "BodyPix with multi_segmentation=True."
        )
    return np.where(foreground(mask, threshold), mask.people, np.uint8(0))


def _people_colors(numbers: Sequence[int] | None, palette: Palette) -> NDArray[np.uint8]:
    """Return the color of each number of a plane of people: uint8 (256, 4), RGBA."""
    given = [*(numbers or ())]
    # Of those who have no number of their own, the place is the number.
    known = [*given, *range(len(given) + 1, MAX_LEVEL + 1)][:MAX_LEVEL]
    return np.array([_CLEAR, *(person_color(number, palette) for number in known)], np.uint8)
