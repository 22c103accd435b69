"""The built-in effects: each parameter is declared here, and nowhere else.

Traits of `SegmentationView`, ranges, checks, controls in the page and their labels are derived from
it. What an effect does is a function in `rendering/`; its two painters in the page are in
`frontend/src/drawing/`, `canvas2d_effects.ts` and `webgl_effects.ts`.
"""

# Annotations are read while this module is imported, so they are not strings.
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from bodyseg_widgets.rendering import BackgroundLike, Color, ColorLike, Palette
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.streaming.effects.annotations import declared_parameters
from bodyseg_widgets.streaming.effects.parameters import (
    BackgroundField,
    ClassesField,
    ColorField,
    Number,
    OneOf,
    Parameter,
    ParameterValue,
    Switch,
)

__all__ = ["BUILTIN_EFFECTS", "PARAMETERS", "BuiltinEffect", "BuiltinParameters", "Needs"]

Needs: TypeAlias = Literal["faces", "all"]
"""What an effect needs of a model: a class that is a face, or classes at all."""


class BuiltinParameters(TypedDict, total=False):
    """The parameters of the built-in effects. Effects that have one of the same name share it."""

    opacity: Annotated[
        float,
        Number(
            default=0.7,
            low=0,
            high=1,
            step=0.01,
            label="mask opacity",
            help="How much the mask or heatmap covers the frame: 0 not at all, 1 entirely",
        ),
    ]
    mask_color: Annotated[
        ColorLike,
        ColorField(
            default=TEAL,
            label="mask color",
            help="The color of mask and contour, where that of the person or the room hides them",
        ),
    ]
    background_blur_amount: Annotated[
        float,
        Number(
            default=3,
            low=0,
            high=20,
            step=0.5,
            unit="pixels",
            label="background blur",
            help="Standard deviation of the background's blur",
        ),
    ]
    edge_blur_amount: Annotated[
        float,
        Number(
            default=3,
            low=0,
            high=20,
            step=0.5,
            unit="pixels",
            label="edge blur",
            help="Standard deviation of the blur of the edge between people and background",
        ),
    ]
    soft: Annotated[
        bool,
        Switch(
            default=False,
            label="soft",
            help="Let the probability say how much of a person a pixel is, not the threshold",
        ),
    ]
    pixel_cell_width: Annotated[
        float,
        Number(
            default=10,
            low=1,
            high=50,
            step=1,
            unit="pixels",
            label="cell width",
            help="Width and height of a cell",
        ),
    ]
    mask_blur_amount: Annotated[
        float,
        Number(
            default=0,
            low=0,
            high=20,
            step=0.5,
            unit="pixels",
            label="mask blur",
            help="Standard deviation of the mask's blur",
        ),
    ]
    mask_foreground: Annotated[
        ColorLike,
        ColorField(
            default=Color(0, 0, 0, 0),
            suggested="#00a3a3",
            label="cover people",
            help="The mask's color over people, or transparent",
        ),
    ]
    mask_background: Annotated[
        ColorLike,
        ColorField(
            default=Color(0, 0, 0),
            suggested="#000000",
            label="cover the rest",
            help="The mask's color over the rest, or transparent",
        ),
    ]
    draw_contour: Annotated[
        bool,
        Switch(
            default=False, label="contour", help="Draw a line along the inside of people's outline"
        ),
    ]
    contour_color: Annotated[
        ColorLike,
        ColorField(default=Color(0, 255, 255), label="contour color", help="The contour's color"),
    ]
    contour_width: Annotated[
        int,
        Number(
            default=1,
            whole=True,
            low=1,
            high=10,
            step=1,
            unit="pixels",
            label="contour width",
            help="Width of the contour",
        ),
    ]
    background: Annotated[
        BackgroundLike,
        BackgroundField(
            default="#00a3a3",
            label="background",
            help="What is behind people: an opaque color, an image, or a video (MP4, WebM)",
        ),
    ]
    decontaminate: Annotated[
        bool,
        Switch(
            default=True,
            label="remove color spill",
            help="Take the old background's color out of soft edges",
        ),
    ]
    face_blur_amount: Annotated[
        float,
        Number(
            default=30,
            low=10,
            high=60,
            step=1,
            unit="pixels",
            label="face blur",
            help="Standard deviation of the blur of faces: at least a sixth of the width of a "
            "face hides who it is",
        ),
    ]
    part_blur_amount: Annotated[
        float,
        Number(
            default=30,
            low=0,
            high=60,
            step=1,
            unit="pixels",
            label="blur",
            help="Standard deviation of the blur of the chosen parts",
        ),
    ]
    blurred_parts: Annotated[
        str | Sequence[str],
        ClassesField(
            default="faces",
            label="blurred parts",
            help="Which parts are blurred: their labels, or those of faces, or all",
        ),
    ]
    colored_parts: Annotated[
        str | Sequence[str],
        ClassesField(
            default="all",
            label="colored parts",
            help="Which parts have their color: their labels, or those of faces, or all",
        ),
    ]
    palette: Annotated[
        Palette,
        OneOf(
            "palette",
            default="rainbow",
            options=("rainbow", "colorblind"),
            label="colors",
            help="The colors of classes and people, in the views of these names, too: upstream's "
            "rainbow, or some that color-blind people can tell apart",
        ),
    ]


PARAMETERS: Final = MappingProxyType(declared_parameters(BuiltinParameters))
"""The same, by name."""


@dataclass(frozen=True, slots=True)
class BuiltinEffect:
    """A built-in effect.

    Attributes
    ----------
    name : str
        Its name in Python.
    label : str
        Its label in the picker.
    help : str
        What it draws.
    parameters : mapping of str to Parameter
        Its parameters, by name, in the order of their controls.
    shown_if : mapping of str to mapping of str to value
        For parameters whose control is shown only while others have these values.
    needs : {"faces", "all"} or None
        The classes that a model must have for it to be offered; None if any model will do.
    otherwise : str
        What it draws of a model that does not have them, as the end of a sentence.
    """

    name: str
    label: str
    help: str
    parameters: MappingProxyType[str, Parameter]
    shown_if: dict[str, dict[str, ParameterValue]] = field(default_factory=dict)
    needs: Needs | None = None
    otherwise: str = ""


def _effect(
    name: str,
    label: str,
    about: str,
    *parameters: str,
    shown_if: dict[str, dict[str, ParameterValue]] | None = None,
    needs: Needs | None = None,
    otherwise: str = "",
) -> BuiltinEffect:
    own = MappingProxyType({each: PARAMETERS[each] for each in parameters})
    return BuiltinEffect(name, label, about, own, shown_if or {}, needs, otherwise)


_ALL_BLURRED = "all of the picture is blurred"
"""Nobody must take a picture for blurred that is not."""

_ALL = (
    _effect(
        "bokeh",
        "Bokeh",
        "`draw_bokeh_effect`: the background is blurred",
        "background_blur_amount",
        "edge_blur_amount",
        "soft",
    ),
    _effect(
        "mask",
        "Mask",
        "`draw_mask` with `opacity`, of a mask by `to_binary_mask`",
        "mask_foreground",
        "mask_background",
        "opacity",
        "mask_blur_amount",
        "draw_contour",
        "contour_color",
        "contour_width",
        shown_if={
            "contour_color": {"draw_contour": True},
            "contour_width": {"draw_contour": True},
        },
    ),
    _effect(
        "pixelated",
        "Pixelated mask",
        "`draw_pixelated_mask` with `opacity`, of a mask that has `mask_color` where people are "
        "and is clear elsewhere",
        "mask_color",
        "pixel_cell_width",
        "opacity",
        "mask_blur_amount",
        "soft",
    ),
    _effect(
        "background",
        "Replace background",
        "`replace_background`",
        "background",
        "edge_blur_amount",
        "soft",
        "decontaminate",
        # Soft edges of a replaced background are not blurred again: see replace_background.
        shown_if={"edge_blur_amount": {"soft": False}},
    ),
    _effect(
        "face_blur",
        "Face blur",
        "`blur_body_part` of the classes whose labels have the word *face*, with a blur that hides "
        "who it is",
        "face_blur_amount",
        needs="faces",
        otherwise=_ALL_BLURRED,
    ),
    _effect(
        "part_blur",
        "Blur parts",
        "`blur_body_part` of `blurred_parts`",
        "part_blur_amount",
        "edge_blur_amount",
        "blurred_parts",
        needs="all",
        otherwise=_ALL_BLURRED,
    ),
    _effect(
        "colored",
        "Colored parts",
        "`draw_mask` with `opacity`, of a mask by `to_colored_mask`",
        "palette",
        "mask_background",
        "opacity",
        "mask_blur_amount",
        "colored_parts",
        needs="all",
        otherwise="nothing is colored",
    ),
)

BUILTIN_EFFECTS: Final = MappingProxyType({each.name: each for each in _ALL})
"""The built-in effects, by name, in the order in which pickers list them."""
