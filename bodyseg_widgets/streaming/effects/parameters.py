"""The parameters of effects: the values each accepts, and its control."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, cast

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import check_choice, did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.options import share_of
from bodyseg_widgets.rendering import Color, to_color
from bodyseg_widgets.rendering.classes import ALL, CLASS_GROUPS
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.segmentation.custom.segmenter import CUSTOM_MODELS
from bodyseg_widgets.streaming.effects.background import read_background
from bodyseg_widgets.streaming.handed_out import read_only

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.rendering import BackgroundLike, ColorLike
    from bodyseg_widgets.streaming.effects.background import Background

__all__ = [
    "BackgroundField",
    "BackgroundSpec",
    "ChoiceSpec",
    "ClassesField",
    "ClassesSpec",
    "ColorField",
    "ColorSpec",
    "ImageField",
    "ImageSpec",
    "Number",
    "NumberSpec",
    "OneOf",
    "Parameter",
    "ParameterFields",
    "ParameterSpec",
    "ParameterValue",
    "Range",
    "Switch",
    "SwitchSpec",
    "describe",
]

_BLACK = Color(0, 0, 0)
_STEPS = 100

ParameterValue: TypeAlias = "float | bool | str | list[str]"
"""The value of a parameter as JSON."""


class ParameterFields(TypedDict):
    """What the page knows about a parameter of any kind."""

    name: str
    """Its name in the effect."""
    label: str
    """The label of its control."""
    help: str
    """A short description; may be empty."""
    trait: bool
    """Whether its value is the view's trait of this name; else it is in `_effect_values`."""
    shown_if: dict[str, ParameterValue] | None
    """The values of other parameters with which its control is shown; null for any."""


class NumberSpec(ParameterFields):
    """A number: a slider if it has a range, otherwise a field."""

    kind: Literal["number"]
    default: float
    """Its first value."""
    whole: bool
    """Whether it is an integer."""
    low: float | None
    """The lower end of its slider; null without one."""
    high: float | None
    """The upper end of its slider; null without one."""
    step: float | None
    """The step of one arrow key; null for any."""
    unit: Literal["", "pixels"]
    """Its unit."""


class SwitchSpec(ParameterFields):
    """Yes or no: a checkbox."""

    kind: Literal["switch"]
    default: bool
    """Its first value."""


class ChoiceSpec(ParameterFields):
    """One of several words or numbers: a picker."""

    kind: Literal["choice"]
    default: ParameterValue
    """Its first value."""
    options: list[ParameterValue]
    """The options."""


class ColorSpec(ParameterFields):
    """A color: a color picker."""

    kind: Literal["color"]
    default: str
    """Its first value, ``#rrggbb`` or ``transparent``."""
    suggested: str | None
    """The color suggested when it is ``transparent``; null if it cannot be."""


class ImageSpec(ParameterFields):
    """An image, or none: a button that opens one."""

    kind: Literal["image"]
    default: bool
    """Whether there is one to begin with."""


class BackgroundSpec(ParameterFields):
    """A color, or the file of an image or a video."""

    kind: Literal["background"]
    default: str
    """Its first value, ``#rrggbb``."""


class ClassesSpec(ParameterFields):
    """Some of the model's classes, such as body parts: a checkbox for each."""

    kind: Literal["classes"]
    default: str
    """Its first value, ``faces`` or ``all``; other values are lists of labels."""


ParameterSpec: TypeAlias = (
    "NumberSpec | SwitchSpec | ChoiceSpec | ColorSpec | ImageSpec | BackgroundSpec | ClassesSpec"
)
"""Everything that the page knows about a parameter."""


@dataclass(frozen=True, slots=True)
class Range:
    """The range of a slider.

    Parameters
    ----------
    low, high : float
        Its ends, which it includes.
    default : float, optional
        Initial value of a `ShaderEffect`'s slider; default: its middle. A Python effect's slider
        starts at the parameter's own default.
    step : float, optional
        The step of one arrow key. Default: 1 for whole numbers, otherwise about a hundredth of the
        range.

    Examples
    --------
    >>> from typing import Annotated
    >>> from bodyseg_widgets import Range, effect
    >>> @effect
    ... def dim(frame, result, by: Annotated[float, Range(0, 1)] = 0.5):
    ...     return (frame * (1 - by)).astype(frame.dtype)
    >>> dim.parameters["by"].high
    1
    """

    low: float
    high: float
    default: float | None = None
    step: float | None = None

    def __post_init__(self) -> None:
        numbers = [self.low, self.high, *(n for n in (self.default, self.step) if n is not None)]
        for number in numbers:
            _check_number("A Range", number)
        if self.low >= self.high:
            raise InvalidOptionError(
                f"A Range goes from a lower to a higher number, but got {self.low} to {self.high}."
            )
        if self.step is not None and self.step <= 0:
            raise InvalidOptionError(f"The step of a Range must be above 0, but got {self.step}.")
        if self.default is not None and not self.low <= self.default <= self.high:
            raise InvalidOptionError(
                f"The default of a Range must be in it, {self.low} to {self.high}, but got "
                f"{self.default}."
            )


class Parameter(Protocol):
    """A parameter of an effect: its control, and the values it accepts.

    Parameters of functions have the function parameter's name; ``name`` may be omitted in
    annotations.
    """

    @property
    def name(self) -> str:
        """Its name in the effect."""

    @property
    def default(self) -> object:
        """Its value until another one is set."""

    @property
    def label(self) -> str:
        """The label of its control; empty for one derived from its name."""

    @property
    def help(self) -> str:
        """A short description, or empty."""

    def checked(self, value: object) -> Any:  # noqa: ANN401 - each parameter has its own type
        """Return a value as the effect gets it.

        Raises
        ------
        BodySegError
            The parameter does not accept this value.
        """

    def to_json(self, value: object) -> ParameterValue:
        """Convert a value returned by `checked` to JSON; `checked` accepts that, too."""

    def spec(self, fields: ParameterFields) -> ParameterSpec:
        """Return these fields with those of its kind."""


def describe(
    parameter: Parameter,
    *,
    trait: bool = False,
    shown_if: dict[str, ParameterValue] | None = None,
) -> ParameterSpec:
    """Return everything the page knows about a parameter, as JSON.

    Parameters
    ----------
    parameter : Parameter
        The parameter.
    trait, shown_if
        See `ParameterFields`.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.effects.parameters import Switch, describe
    >>> describe(Switch("upside_down"))["label"]
    'upside down'
    """
    return parameter.spec(
        {
            "name": parameter.name,
            "label": parameter.label or in_words(parameter.name),
            "help": parameter.help,
            "trait": trait,
            "shown_if": shown_if,
        }
    )


def in_words(name: str) -> str:
    """Return a Python name as a label."""
    return name.replace("_", " ").strip()


@dataclass(frozen=True, slots=True)
class Number:
    """A number: a slider if it has a range, otherwise a field.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : float
        Its first value.
    whole : bool
        Whether it is an int.
    low, high : float or None
        The ends of its slider; None without one.
    step : float or None
        The step of one arrow key; None for 1 for whole numbers, otherwise about a hundredth of the
        range.
    unit : {"", "pixels"}
        Its unit.
    """

    name: str = ""
    default: float = 0
    whole: bool = False
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: Literal["", "pixels"] = ""
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> float:
        """Return the number, as an int if it is whole, otherwise as a float."""
        number = _check_number(self.name, value)
        if self.whole:
            if number != int(number):
                raise InvalidOptionError(f"{self.name} must be a whole number, but got {value!r}.")
            number = int(number)
        else:
            # Multiplied by an int, uint8 pixels would stay uint8 and wrap around at 256.
            number = float(number)
        if self.low is not None and self.high is not None and not self.low <= number <= self.high:
            raise InvalidOptionError(
                f"{self.name} must be from {self.low} to {self.high}, but got {value!r}."
                f"{share_of(value) if self.high == 1 else ''}"
            )
        return number

    def to_json(self, value: object) -> float:
        """Return the number unchanged."""
        return self.checked(value)

    def spec(self, fields: ParameterFields) -> NumberSpec:
        """Return these fields with those of its kind."""
        step = self.step
        if step is None and self.low is not None and self.high is not None:
            step = 1 if self.whole else _round_step((self.high - self.low) / _STEPS)
        return {
            **fields,
            "kind": "number",
            "default": self.default,
            "whole": self.whole,
            "low": self.low,
            "high": self.high,
            "step": step,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Switch:
    """Yes or no: a checkbox.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : bool
        Its first value.
    """

    name: str = ""
    default: bool = False
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool | np.bool_):
            raise InvalidOptionError(f"{self.name} must be True or False, but got {value!r}.")
        return bool(value)

    def to_json(self, value: object) -> bool:
        """Return the boolean unchanged."""
        return self.checked(value)

    def spec(self, fields: ParameterFields) -> SwitchSpec:
        """Return these fields with those of its kind."""
        return {**fields, "kind": "switch", "default": self.default}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several words or numbers: a picker.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : str, int or bool
        Its first value, one of `options`.
    options : tuple
        The options.
    """

    name: str
    default: ParameterValue
    options: tuple[ParameterValue, ...]
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> ParameterValue:
        """Return the matching option."""
        for option in self.options:
            # 1 == True, but they are different options.
            if type(option) is type(value) and option == value:
                return option
        listed = ", ".join(map(repr, self.options))
        meant = did_you_mean(value, [each for each in self.options if isinstance(each, str)])
        raise InvalidOptionError(f"{self.name} must be one of {listed}, but got {value!r}.{meant}")

    def to_json(self, value: object) -> ParameterValue:
        """Return the option unchanged."""
        return self.checked(value)

    def spec(self, fields: ParameterFields) -> ChoiceSpec:
        """Return these fields with those of its kind."""
        return {**fields, "kind": "choice", "default": self.default, "options": [*self.options]}


@dataclass(frozen=True, slots=True)
class ColorField:
    """An opaque color: a color picker; or none, with a checkbox before it.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : Color
        Its first value.
    suggested : str or None
        The color suggested when there is none, as ``#rrggbb``; None if there is always a color. No
        color is written as ``"transparent"``.
    """

    name: str = ""
    default: Color = _BLACK
    suggested: str | None = None
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> Color:
        """Return the color."""
        color = to_color(cast("ColorLike", value))
        if color.a == MAX_LEVEL or (color.a == 0 and self.suggested is not None):
            return color
        allowed = "an opaque color" + ("" if self.suggested is None else " or 'transparent'")
        raise InvalidOptionError(
            f"{self.name} must be {allowed}, but got {value!r}. Use opacity, or "
            "another parameter, for transparency."
        )

    def to_json(self, value: object) -> str:
        """Return the color as ``#rrggbb``, or ``"transparent"``."""
        color = self.checked(value)
        return color.hex if color.a else "transparent"

    def spec(self, fields: ParameterFields) -> ColorSpec:
        """Return these fields with those of its kind."""
        return {
            **fields,
            "kind": "color",
            "default": self.to_json(self.default),
            "suggested": self.suggested,
        }


@dataclass(frozen=True, slots=True)
class ImageField:
    """An image, or none: a button that opens one.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : numpy.ndarray or None
        Its first value, uint8 (H, W, 3) RGB.
    as_pil : bool
        Whether the effect wants it as a PIL image, else as an array.
    """

    name: str
    default: RgbImage | None
    as_pil: bool = False
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> RgbImage | Image.Image | None:
        """Return the image as the effect expects it, at its original size; None for none.

        An array is read-only: the effect gets the same one with each frame.
        """
        if value is None:
            return None
        try:
            pixels = to_rgb(cast("ImageInput", value))
        except InvalidImageError as error:
            raise InvalidOptionError(f"{self.name} must be an image or None: {error}") from error
        return Image.fromarray(pixels) if self.as_pil else read_only(pixels)

    def to_json(self, value: object) -> bool:
        """Return only whether there is one; images are not sent as JSON."""
        return value is not None

    def spec(self, fields: ParameterFields) -> ImageSpec:
        """Return these fields with those of its kind."""
        return {**fields, "kind": "image", "default": self.to_json(self.default)}


@dataclass(frozen=True, slots=True)
class BackgroundField:
    """A background: a color picker, and a button that opens an image or a video.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : str
        Its first value, a color as ``#rrggbb``.
    """

    name: str = ""
    default: str = "#000000"
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> Background:
        """Return the background as Python reads it; see `read_background`."""
        return read_background(cast("BackgroundLike", value))

    def to_json(self, value: object) -> str | bool:
        """Return a color unchanged, and for a file only that there is one."""
        return value if isinstance(value, str) else True

    def spec(self, fields: ParameterFields) -> BackgroundSpec:
        """Return these fields with those of its kind."""
        return {**fields, "kind": "background", "default": self.default}


@dataclass(frozen=True, slots=True)
class ClassesField:
    """Some of the model's classes, such as body parts: a checkbox for each.

    Attributes
    ----------
    name, label, help : str
        See `Parameter`.
    default : {"faces", "all"}
        Its first value, for whatever model.
    """

    name: str = ""
    default: str = ALL
    label: str = ""
    help: str = ""

    def checked(self, value: object) -> str | tuple[str, ...]:
        """Return ``"faces"`` or ``"all"``, or labels, each once.

        They may be labels of any model: a stream's model can be changed, and its classes with it.
        """
        if isinstance(value, str) and value in CLASS_GROUPS:
            return value
        labels = (value,) if isinstance(value, str) else value
        if not isinstance(labels, Iterable) or not all(isinstance(each, str) for each in labels):
            raise InvalidOptionError(
                f"{self.name} must be {listed(CLASS_GROUPS)} or a list of labels, such as "
                f"['left_hand', 'right_hand'], but got {in_short(value)}. Write labels, not "
                "values: models number their classes differently."
            )
        known = _known_labels()
        for each in labels:
            check_choice(f"Each label in {self.name}", each, known)
        return tuple(dict.fromkeys(labels))

    def to_json(self, value: object) -> str | list[str]:
        """Return the labels as a list; ``"faces"`` and ``"all"`` unchanged."""
        checked = self.checked(value)
        return checked if isinstance(checked, str) else [*checked]

    def spec(self, fields: ParameterFields) -> ClassesSpec:
        """Return these fields with those of its kind."""
        return {**fields, "kind": "classes", "default": self.default}


def _known_labels() -> list[str]:
    """Return the labels of all models that have classes, each once."""
    custom = (label for model in CUSTOM_MODELS.values() for label in model.labels.values())
    return [*dict.fromkeys([*PART_LABELS.values(), *custom])]


def _round_step(step: float) -> float:
    """Return the largest number of the form 1, 2 or 5 times a power of ten that is not larger."""
    power = math.floor(math.log10(step) + 1e-9)
    first = next(digit for digit in (5, 2, 1) if digit * 10**power <= step * (1 + 1e-9))
    # As people would write it: 3 * 0.1 is not 0.3.
    return float(f"{first}e{power}")


def _check_number(name: str, value: object) -> float:
    number: float | None = None
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        number = int(value)
    elif isinstance(value, float | np.floating):
        number = float(value)
    if number is None or not math.isfinite(number):
        raise InvalidOptionError(f"{name} must be a number, but got {value!r}.")
    return number
