"""Blur the background, or parts of the body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import cutoff
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.rendering.any_image import AnyImage, check_size, opened
from bodyseg_widgets.rendering.blur import check_amount, gaussian_blur
from bodyseg_widgets.rendering.classes import FACES, values_of_classes
from bodyseg_widgets.rendering.foreground import alpha_of, foreground, masks_of
from bodyseg_widgets.rendering.masks import outline
from bodyseg_widgets.rendering.mirror import mirrored
from bodyseg_widgets.segmentation import PERSON_MASK_VALUE, Segmentation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering.classes import ClassesLike
    from bodyseg_widgets.rendering.foreground import Segmentations

__all__ = ["blur_body_part", "draw_bokeh_effect", "mixed"]


@named_arguments
def draw_bokeh_effect(
    image: AnyImage,
    segmentation: Segmentations,
    foreground_threshold: float = 0.5,
    background_blur_amount: float = 3,
    edge_blur_amount: float = 3,
    flip_horizontal: bool = False,
    *,
    soft: bool = False,
) -> AnyImage:
    """Blur the background, like a camera with a large aperture.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        The image; see :func:`bodyseg_widgets.images.to_rgb`.
    segmentation : Segmentation or sequence of Segmentation
        The people in the image. If the sequence is empty, the whole image is blurred.
    foreground_threshold : float
        0 to 1; see `to_binary_mask`.
    background_blur_amount : float
        Standard deviation of the background's blur, in pixels; 0 for none. Upstream's demo
        offers 1 to 20.
    edge_blur_amount : float
        Standard deviation of the blur of the border between people and background, in pixels; 0 for
        none.
    flip_horizontal : bool
        Whether to mirror the result.
    soft : bool
        Whether to use the probability as the opacity of people, instead of the threshold: hair and
        other fine details fade instead of being cut off.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array. (Upstream's result
        fades at the image's edges, where a canvas blurs with transparent pixels; this one does
        not.)

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from the masks'.
    InvalidOptionError
        The threshold or a blur is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, draw_bokeh_effect
    >>> image = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)
    >>> everywhere = Mask(np.ones((8, 8), np.float32), size=(8, 8), model_size=(8, 8))
    >>> bool((draw_bokeh_effect(image, Segmentation(everywhere)) == image).all())
    True
    """
    pixels, give_back = opened(image)
    cutoff(foreground_threshold)
    sigma = check_amount("background_blur_amount", background_blur_amount)
    edge = check_amount("edge_blur_amount", edge_blur_amount)
    masks = masks_of(segmentation)
    drawn = gaussian_blur(pixels, sigma)
    if masks:
        check_size(pixels, masks[0].size)
        alpha = alpha_of(masks, foreground_threshold, soft=soft)
        drawn = mixed(pixels, drawn, gaussian_blur(alpha, edge))
    return mirrored(give_back(drawn), flip_horizontal)


@named_arguments
def blur_body_part(
    image: AnyImage,
    segmentation: Segmentations,
    mask_values_to_blur: ClassesLike | None = None,
    foreground_threshold: float = 0.5,
    background_blur_amount: float = 3,
    edge_blur_amount: float = 3,
    flip_horizontal: bool = False,
    *,
    parts: ClassesLike | None = None,
    soft: bool = False,
) -> AnyImage:
    """Blur parts of the body, such as faces.

    A model may miss a face, or find it where there is none: look at the result before you rely on
    it. What is found stays recognizable if the blur is weak; take at least a sixth of the width of
    a face.

    Parameters
    ----------
    image, segmentation
        See `draw_bokeh_effect`. For an empty sequence the image is unchanged.
    mask_values_to_blur : str, or iterable of str and int, optional
        What to blur: ``"faces"``, ``"all"``, or labels and values of the model, such as
        ``["left_face", "right_face"]`` or ``[0, 1]``. A mask of whole people has the value 255.
        Default: faces.
    foreground_threshold
        See `draw_bokeh_effect`.
    background_blur_amount : float
        Standard deviation of the blur, in pixels; 0 for none.
    edge_blur_amount, flip_horizontal
        See `draw_bokeh_effect`.
    parts : str, or iterable of str and int, optional
        The same as `mask_values_to_blur`, under a shorter name.
    soft
        See `draw_bokeh_effect`.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        A new image: a PIL image if `image` is one, otherwise a uint8 array.

    Raises
    ------
    InvalidImageError
        `image` is not an image, or its size differs from the masks'.
    InvalidOptionError
        The threshold, a value or a blur is out of range, or the masks do not have these classes: an
        image is never returned as if they were blurred.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation, blur_body_part
    >>> image = np.zeros((8, 8, 3), np.uint8)
    >>> mask = Mask.from_image_data(np.full((8, 8, 4), 1, np.uint8))
    >>> people = Segmentation(mask, {0: "left_face", 1: "right_face"})
    >>> blur_body_part(image, people, parts=["left_face", "right_face"]).shape
    (8, 8, 3)
    >>> blur_body_part(image, people, parts=["left_fase"])
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: Each label in parts must be one of 'left_face', \
'right_face', but got 'left_fase'. Did you mean 'left_face'?
    """
    pixels, give_back = opened(image)
    cutoff(foreground_threshold)
    sigma = check_amount("background_blur_amount", background_blur_amount)
    edge = check_amount("edge_blur_amount", edge_blur_amount)
    what, wanted = _what_to_blur(mask_values_to_blur, parts)
    masks = masks_of(segmentation)
    if not masks:
        return mirrored(give_back(pixels.copy()), flip_horizontal)
    check_size(pixels, masks[0].size)
    people = [segmentation] if isinstance(segmentation, Segmentation) else segmentation
    found = [(each.mask, _values_to_blur(each, wanted, what)) for each in people]
    hidden = np.zeros(masks[0].size, np.uint8)
    for mask, values in found:
        np.maximum(hidden, alpha_of([mask], foreground_threshold, values, soft=soft), out=hidden)
    if not soft:
        # As in upstream, the part's outline stays sharp.
        for mask, values in found:
            hidden[outline(foreground(mask, foreground_threshold, values), 1)] = 0
    drawn = mixed(gaussian_blur(pixels, sigma), pixels, gaussian_blur(hidden, edge))
    return mirrored(give_back(drawn), flip_horizontal)


def _what_to_blur(
    mask_values: ClassesLike | None, parts: ClassesLike | None
) -> tuple[str, ClassesLike]:
    """Return under which name it was said what to blur, and what."""
    if mask_values is not None and parts is not None:
        raise InvalidOptionError(
            "parts and mask_values_to_blur are the same: give one of them, but got "
            f"{in_short(parts)} and {in_short(mask_values)}."
        )
    if mask_values is None:
        what, wanted = "parts", FACES if parts is None else parts
    else:
        what, wanted = "mask_values_to_blur", mask_values
    # An iterator can be read once, and is needed for each mask.
    return what, [*wanted] if isinstance(wanted, Iterator) else wanted


def _values_to_blur(segmentation: Segmentation, wanted: ClassesLike, what: str) -> frozenset[int]:
    values = values_of_classes(segmentation.labels, wanted, what=what)
    if segmentation.mask.values is None and values and PERSON_MASK_VALUE not in values:
        raise InvalidOptionError(
            f"{what} is {in_short(wanted)}, but the mask is of whole people and has no parts: "
            "nothing would be blurred. Use a model with parts, such as BodyPix with "
            "segment_body_parts=True, or draw_bokeh_effect for what is behind people."
        )
    return values


def mixed(over: RgbImage, under: RgbImage, alpha: NDArray[np.uint8]) -> RgbImage:
    """Blend two images; `alpha`, 0 to 255, is the opacity of the upper one at each pixel."""
    weight = np.multiply(alpha, np.float32(1 / MAX_LEVEL), dtype=np.float32)
    return np.asarray(cv2.blendLinear(over, under, weight, 1 - weight), np.uint8)
