"""The built-in effects of views, drawn in Python: one function for each, with the view's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from bodyseg_widgets.rendering.background import replace_background
from bodyseg_widgets.rendering.blur import gaussian_blur
from bodyseg_widgets.rendering.bokeh import blur_body_part, draw_bokeh_effect
from bodyseg_widgets.rendering.classes import FACES, chosen_values
from bodyseg_widgets.rendering.color import to_color
from bodyseg_widgets.rendering.draw import draw_mask, draw_pixelated_mask
from bodyseg_widgets.rendering.foreground import alpha_of
from bodyseg_widgets.rendering.masks import to_binary_mask, to_colored_mask
from bodyseg_widgets.rendering.part_colors import class_colors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering.classes import ClassesLike
    from bodyseg_widgets.segmentation import Segmentation

__all__ = ["EFFECT_PAINTERS"]

_Values: TypeAlias = "Mapping[str, Any]"

UPSTREAM_EDGE_BLUR: Final = 3
"""Upstream's default, in pixels; the page has the same: the blur of faces has no control for it."""


def _bokeh(image: RgbImage, people: Segmentation, threshold: float, values: _Values) -> RgbImage:
    return draw_bokeh_effect(image, people, threshold, **values)


def _mask(image: RgbImage, people: Segmentation, threshold: float, values: _Values) -> RgbImage:
    cover = to_binary_mask(
        people,
        values["mask_foreground"],
        values["mask_background"],
        values["draw_contour"],
        threshold,
        contour_color=values["contour_color"],
        contour_width=values["contour_width"],
    )
    return draw_mask(image, cover, values["opacity"], values["mask_blur_amount"])


def _pixelated(
    image: RgbImage, people: Segmentation, threshold: float, values: _Values
) -> RgbImage:
    alpha = alpha_of([people.mask], threshold, soft=values["soft"])
    color = to_color(values["mask_color"])
    cells = np.dstack([np.full((*alpha.shape, 3), color[:3], np.uint8), alpha])
    return draw_pixelated_mask(
        image,
        cells,
        values["opacity"],
        values["mask_blur_amount"],
        pixel_cell_width=values["pixel_cell_width"],
    )


def _background(
    image: RgbImage, people: Segmentation, threshold: float, values: _Values
) -> RgbImage:
    return replace_background(image, people, foreground_threshold=threshold, **values)


def _colored(image: RgbImage, people: Segmentation, threshold: float, values: _Values) -> RgbImage:
    labels = people.labels
    wanted = chosen_values(labels, values["colored_parts"])
    if wanted is None or people.mask.values is None:
        return image
    colors = class_colors(labels, values["palette"])
    rest = to_color(values["mask_background"])
    cover = to_colored_mask(
        people,
        lambda value: colors[value] if value in wanted and value in colors else rest,
        rest,
        threshold,
    )
    return draw_mask(image, cover, values["opacity"], values["mask_blur_amount"])


def _face_blur(
    image: RgbImage, people: Segmentation, threshold: float, values: _Values
) -> RgbImage:
    return _blurred_parts(image, people, threshold, FACES, values["face_blur_amount"])


def _part_blur(
    image: RgbImage, people: Segmentation, threshold: float, values: _Values
) -> RgbImage:
    return _blurred_parts(
        image,
        people,
        threshold,
        values["blurred_parts"],
        values["part_blur_amount"],
        values["edge_blur_amount"],
    )


def _blurred_parts(
    image: RgbImage,
    people: Segmentation,
    threshold: float,
    parts: ClassesLike,
    amount: float,
    edge: float = UPSTREAM_EDGE_BLUR,
) -> RgbImage:
    wanted = chosen_values(people.labels, parts)
    if wanted is None or people.mask.values is None:
        # Nobody must take an image for blurred that is not.
        return gaussian_blur(image, amount)
    return blur_body_part(image, people, wanted, threshold, amount, edge)


EFFECT_PAINTERS: Final[
    Mapping[str, Callable[[RgbImage, Segmentation, float, _Values], RgbImage]]
] = {
    "bokeh": _bokeh,
    "mask": _mask,
    "pixelated": _pixelated,
    "background": _background,
    "face_blur": _face_blur,
    "part_blur": _part_blur,
    "colored": _colored,
}
"""``(image, people, threshold, values) -> image``, by the effect's name; `values` has all of its
parameters."""
