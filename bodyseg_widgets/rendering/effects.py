"""The built-in effects of views, drawn in Python: one function for each, with the view's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from bodyseg_widgets.rendering.background import replace_background
from bodyseg_widgets.rendering.bokeh import draw_bokeh_effect
from bodyseg_widgets.rendering.color import to_color
from bodyseg_widgets.rendering.draw import draw_mask, draw_pixelated_mask
from bodyseg_widgets.rendering.foreground import alpha_of
from bodyseg_widgets.rendering.masks import to_binary_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation import Segmentation

__all__ = ["EFFECT_PAINTERS"]

_Values: TypeAlias = "Mapping[str, Any]"


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


EFFECT_PAINTERS: Final[
    Mapping[str, Callable[[RgbImage, Segmentation, float, _Values], RgbImage]]
] = {"bokeh": _bokeh, "mask": _mask, "pixelated": _pixelated, "background": _background}
"""``(image, people, threshold, values) -> image``, by the effect's name; `values` has all of its
parameters."""
