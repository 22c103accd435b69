"""What a live view shows of a result, as an image: drawn as the page draws it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.cards.images import numbers_of
from bodyseg_widgets.errors import EffectError
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.rendering import (
    Color,
    class_colors,
    draw_heatmap,
    draw_mask,
    draw_parts,
    draw_people,
    draw_skeleton,
    person_color,
    to_binary_mask,
    to_color,
)
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.rendering.effects import EFFECT_PAINTERS
from bodyseg_widgets.rendering.masks import outline
from bodyseg_widgets.rendering.mirror import mirrored
from bodyseg_widgets.streaming.effects import (
    CUSTOM_EFFECTS,
    EffectRun,
    PythonEffect,
)
from bodyseg_widgets.streaming.single_look import in_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering import ColorLike, Palette
    from bodyseg_widgets.segmentation import Segmentation
    from bodyseg_widgets.streaming import Result

__all__ = ["ViewLook", "class_in", "draw_view", "legend_of", "view_of"]

_CLEAR = Color(0, 0, 0, 0)
_CONTOUR = 2
"""Width of the contour, in pixels of the image as it is shown."""
_SQUARE = 12
"""Size of the checkerboard's squares behind a cut-out, in pixels of the image as it is shown."""
_CHECKERBOARD = (226, 240)
"""Its grays."""


@dataclass(frozen=True, slots=True)
class ViewLook:
    """How a view draws, in the words of `SegmentationView`.

    Attributes
    ----------
    view, threshold, opacity, mask_color, palette, heatmap_of, mirror, skeleton, score_threshold
        Its traits.
    effect : str
        Likewise.
    parameters : mapping
        The effect's, by name.
    """

    view: str = "mask"
    threshold: float = 0.5
    opacity: float = 0.7
    mask_color: ColorLike = TEAL
    palette: Palette = "rainbow"
    heatmap_of: str = ""
    mirror: bool = False
    skeleton: bool = True
    score_threshold: float = 0.5
    effect: str = "bokeh"
    parameters: Mapping[str, Any] = field(default_factory=dict)


def draw_view(result: Result, look: ViewLook, *, scale: float = 1) -> RgbImage:
    """Return what a view shows of a result.

    Parameters
    ----------
    result : Result
        The frame, the mask and the poses.
    look : ViewLook
        How it is drawn.
    scale : float
        By how much it will be scaled to be shown: lines are as wide then as they are in the page.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB, of the frame's size.

    Raises
    ------
    BodySegError
        A custom effect failed or takes too long, or only the page can draw it, as with shaders and
        videos in the background.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
    >>> from bodyseg_widgets.cards.views import ViewLook, draw_view
    >>> frame = Frame(id=1, image=np.zeros((1, 2, 3), np.uint8), timestamp=0.0)
    >>> left = Segmentation(Mask.from_levels(np.uint8([[255, 0]]), size=(1, 2)))
    >>> draw_view(Result(frame, left, Timings()), ViewLook("heatmap", opacity=1)).tolist()
    [[[252, 255, 164], [0, 0, 4]]]
    """
    drawn = _drawn(result, look, scale)
    if look.skeleton and result.poses:
        drawn = draw_skeleton(drawn, result.poses, look.score_threshold)
    return mirrored(drawn, look.mirror)


def view_of(view: str, segmentation: Segmentation) -> str:
    """Return the view that is shown of a segmentation: the mask, if it does not have the one asked.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation
    >>> from bodyseg_widgets.cards.views import view_of
    >>> people = Segmentation(Mask.from_levels(np.zeros((2, 2), np.uint8), size=(2, 2)))
    >>> view_of("parts", people), view_of("contour", people)
    ('mask', 'contour')
    """
    mask = segmentation.mask
    missing = (view == "parts" and not (segmentation.has_classes and mask.values is not None)) or (
        view == "people" and mask.people is None
    )
    return "mask" if missing else view


def legend_of(result: Result, look: ViewLook) -> list[tuple[Color, str]]:
    """Return the colors of the classes or people that a view shows of a result, and their names."""
    segmentation = result.segmentation
    mask, view = segmentation.mask, view_of(look.view, segmentation)
    plane = {"parts": mask.values, "people": mask.people}.get(view)
    if plane is None:
        return []
    seen = {*np.unique(plane[is_person(mask, look.threshold)]).tolist()}
    if view == "parts":
        colors = class_colors(segmentation.labels, look.palette)
        return [
            (colors[value], name.replace("_", " "))
            for value, name in segmentation.labels.items()
            if value in seen and value in colors
        ]
    numbers = [
        number for place, number in enumerate(numbers_of(result.poses), start=1) if place in seen
    ]
    return [(person_color(each, look.palette), f"person {each}") for each in sorted(numbers)]


def class_in(label: str, segmentation: Segmentation) -> str | None:
    """Return a label if it is one of a segmentation's classes; None for any person."""
    there = segmentation.has_classes and label in segmentation.labels.values()
    return label if there else None


def _drawn(result: Result, look: ViewLook, scale: float) -> RgbImage:
    image, segmentation = result.frame.image, result.segmentation
    view = view_of(look.view, segmentation)
    match view:
        case "picture":
            return image
        case "heatmap":
            label = class_in(look.heatmap_of, segmentation)
            return draw_heatmap(image, segmentation, look.opacity, label=label)
        case "parts" | "people":
            return _in_colors(result, look, view)
        case "effect" if look.effect in EFFECT_PAINTERS:
            paint = EFFECT_PAINTERS[look.effect]
            return paint(image, segmentation, look.threshold, look.parameters)
        case "effect":
            return _with_custom_effect(result, look)
    color = to_color(look.mask_color)
    person = is_person(segmentation.mask, look.threshold)
    drawn: RgbImage
    if view == "cut-out":
        drawn = np.where(person[..., None], image, _checkerboard(person.shape, scale))
    elif view == "contour":
        drawn = image.copy()
    else:
        cover = to_binary_mask(segmentation, color, _CLEAR, foreground_threshold=look.threshold)
        drawn = draw_mask(image, cover, look.opacity)
    drawn[outline(person, max(1, round(_CONTOUR / scale)))] = color[:3]
    return np.asarray(drawn, np.uint8)


def _in_colors(result: Result, look: ViewLook, view: str) -> RgbImage:
    image, segmentation = result.frame.image, result.segmentation
    palette, threshold = look.palette, look.threshold
    drawn: RgbImage
    if view == "parts":
        drawn = draw_parts(
            image, segmentation, look.opacity, palette=palette, foreground_threshold=threshold
        )
    else:
        drawn = draw_people(
            image,
            segmentation,
            look.opacity,
            palette=palette,
            foreground_threshold=threshold,
            numbers=numbers_of(result.poses),
        )
    return drawn


def _checkerboard(size: tuple[int, ...], scale: float) -> RgbImage:
    square = max(1, round(_SQUARE / scale))
    rows, columns = (np.arange(length) // square for length in size[:2])
    odd = (rows[:, None] + columns) % 2
    return np.repeat(np.array(_CHECKERBOARD, np.uint8)[odd][..., None], 3, axis=2)


def _with_custom_effect(result: Result, look: ViewLook) -> RgbImage:
    effect = CUSTOM_EFFECTS[look.effect]
    if not isinstance(effect, PythonEffect):
        raise EffectError(f"The shader {look.effect!r} is drawn by the browser alone.")
    return in_time(
        lambda: EffectRun(effect).image(result, look.parameters, f"frame {result.frame.id}"),
        f"The effect {look.effect!r}",
    )
