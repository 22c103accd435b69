"""What a person's effect is made of: its parameters, and which control each of them gets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from PIL import Image

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.rendering import Color, to_color

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.rendering import ColorLike

__all__ = ["ColorField", "Number", "OneOf", "Parameter", "PictureField", "Range", "Switch"]

_OPAQUE = 255
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Range:
    """From where to where a slider goes.

    Parameters
    ----------
    low, high : float
        Its ends, which it includes.
    default : float, optional
        Where it begins: of a `ShaderEffect`'s slider, whose middle it is where left out. A Python
        effect's begins at the parameter's own default.
    step : float, optional
        What one arrow key moves it by. Default: 1 for whole numbers, else about a hundredth of the
        way.

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
    """One parameter of an effect: its control, and which values it takes."""

    @property
    def name(self) -> str:
        """What the effect calls it."""

    @property
    def default(self) -> object:
        """Its value until somebody sets another one."""

    def checked(self, value: object) -> Any:  # noqa: ANN401 - each parameter has its own type
        """Give a value as the effect gets it.

        Raises
        ------
        InvalidOptionError
            It is none of those that the parameter takes.
        """

    def told(self, value: object) -> object:
        """Give a value as `checked` gave it, in JSON; `checked` understands that, too."""

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows; ``kind`` is first of all."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: a slider where it has a range, else a field.

    Attributes
    ----------
    name : str
        What the effect calls it.
    default : float
        Its first value.
    whole : bool
        Whether it is an int.
    low, high : float or None
        The ends of its slider; None where it has none.
    step : float or None
        What one arrow key moves it by; None for 1 of a whole number, else about a hundredth of the
        way.
    """

    name: str
    default: float
    whole: bool = False
    low: float | None = None
    high: float | None = None
    step: float | None = None

    def checked(self, value: object) -> float:
        """Give the number, an int where it is whole, else a float."""
        number = _check_number(self.name, value)
        if self.whole:
            if number != int(number):
                raise InvalidOptionError(f"{self.name} must be a whole number, but got {value!r}.")
            number = int(number)
        else:
            # Times an int, uint8 pixels would stay uint8 and begin anew at 256.
            number = float(number)
        if self.low is not None and self.high is not None and not self.low <= number <= self.high:
            raise InvalidOptionError(
                f"{self.name} must be from {self.low} to {self.high}, but got {value!r}."
            )
        return number

    def told(self, value: object) -> object:
        """Give the number as it is."""
        return value

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows."""
        step = self.step
        if step is None and self.low is not None and self.high is not None:
            step = 1 if self.whole else _round_step((self.high - self.low) / _STEPS)
        return {
            "kind": "number",
            "whole": self.whole,
            "low": self.low,
            "high": self.high,
            "step": step,
        }


@dataclass(frozen=True, slots=True)
class Switch:
    """Yes or no: a checkbox.

    Attributes
    ----------
    name : str
        What the effect calls it.
    default : bool
        Its first value.
    """

    name: str
    default: bool

    def checked(self, value: object) -> bool:
        """Give the truth value."""
        if not isinstance(value, bool | np.bool_):
            raise InvalidOptionError(f"{self.name} must be True or False, but got {value!r}.")
        return bool(value)

    def told(self, value: object) -> object:
        """Give the truth value as it is."""
        return value

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows."""
        return {"kind": "switch"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several words or numbers: a picker.

    Attributes
    ----------
    name : str
        What the effect calls it.
    default : str, int or bool
        Its first value, one of `options`.
    options : tuple
        What there is to choose from.
    """

    name: str
    default: object
    options: tuple[object, ...]

    def checked(self, value: object) -> object:
        """Give the option that it is."""
        for option in self.options:
            # 1 == True, and yet they are two options.
            if type(option) is type(value) and option == value:
                return option
        listed = ", ".join(map(repr, self.options))
        raise InvalidOptionError(f"{self.name} must be one of {listed}, but got {value!r}.")

    def told(self, value: object) -> object:
        """Give the option as it is."""
        return value

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows."""
        return {"kind": "choice", "options": [*self.options]}


@dataclass(frozen=True, slots=True)
class ColorField:
    """An opaque colour: a colour picker.

    Attributes
    ----------
    name : str
        What the effect calls it.
    default : Color
        Its first value.
    """

    name: str
    default: Color

    def checked(self, value: object) -> Color:
        """Give the colour."""
        color = to_color(cast("ColorLike", value))
        if color.a != _OPAQUE:
            raise InvalidOptionError(
                f"{self.name} must be an opaque colour, but got {value!r}. Make its opacity a "
                "parameter of its own."
            )
        return color

    def told(self, value: object) -> object:
        """Give the colour as ``#rrggbb``."""
        return self.checked(value).hex

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows."""
        return {"kind": "color"}


@dataclass(frozen=True, slots=True)
class PictureField:
    """A picture, or none: a button that opens one.

    Attributes
    ----------
    name : str
        What the effect calls it.
    default : numpy.ndarray or None
        Its first value, uint8 (H, W, 3) RGB.
    as_pil : bool
        Whether the effect wants it as a PIL image, else as an array.
    """

    name: str
    default: RgbImage | None
    as_pil: bool = False

    def checked(self, value: object) -> RgbImage | Image.Image | None:
        """Give the picture as the effect wants it, of the size that it has; None for none.

        An array is read-only: the effect gets the same one with each frame.
        """
        if value is None:
            return None
        try:
            pixels = to_rgb(cast("ImageInput", value))
        except InvalidImageError as error:
            raise InvalidOptionError(f"{self.name} must be a picture or None: {error}") from error
        return Image.fromarray(pixels) if self.as_pil else read_only(pixels)

    def told(self, value: object) -> object:
        """Say only whether there is one; pictures do not travel as JSON."""
        return value is not None

    def control(self) -> dict[str, object]:
        """Say in JSON which control the page shows."""
        return {"kind": "picture"}


def read_only(pixels: RgbImage) -> RgbImage:
    """Give the same pixels as an array that nobody can write into."""
    if pixels.flags.writeable:
        pixels = pixels.view()
        pixels.flags.writeable = False
    return pixels


def _round_step(step: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that is no larger."""
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
