"""The parameters of effects, read from annotations."""

from __future__ import annotations

import inspect
import types
from dataclasses import replace
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.rendering import Color
from bodyseg_widgets.streaming.effects.parameters import (
    BackgroundField,
    ClassesField,
    ColorField,
    ImageField,
    Number,
    OneOf,
    Parameter,
    Range,
    Switch,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PREVIOUS", "declared_parameters", "read_parameters", "takes_previous"]

PREVIOUS = "previous"
"""A parameter of this name has no control: it is the image that the effect returned last."""

_GIVEN = 2
"""Every effect receives the frame and the result."""

_KINDS = (
    "Annotated[float, Range(0, 1)], Annotated[int, Range(1, 20)], float, int, bool, Color, "
    'Literal["a", "b"], numpy.ndarray or PIL.Image.Image'
)


def read_parameters(function: Callable[..., object], name: str) -> tuple[Parameter, ...]:
    """Return the parameters of an effect, in order, without frame, result and `previous`.

    Parameters
    ----------
    function : callable
        ``(frame, result, **params) -> image``.
    name : str
        Its name in messages.

    Raises
    ------
    InvalidOptionError
        It does not take frame and result, or a parameter has no default or an annotation that
        declares no control.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise InvalidOptionError(
            f"The parameters of the effect {name!r} cannot be read: {error}. Write a function "
            "around it."
        ) from error
    given = [*signature.parameters.values()]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if len(given) < _GIVEN or any(each.kind not in positional for each in given[:_GIVEN]):
        raise InvalidOptionError(
            f"The effect {name!r} must be a function (frame, result, **params) -> image, but is "
            f"{name}{signature}."
        )
    hints = _hints(function, name)
    return tuple(_parameter(each, hints, name) for each in given[_GIVEN:] if each.name != PREVIOUS)


def declared_parameters(declaration: type) -> dict[str, Parameter]:
    """Return a TypedDict's parameters by name, from the `Parameter` in each annotation.

    Raises
    ------
    TypeError
        An annotation has no `Parameter`.
    """
    found: dict[str, Parameter] = {}
    # A TypedDict includes those of its bases.
    for name, annotation in inspect.get_annotations(declaration).items():
        note = _declared(name, annotation)
        if note is None:
            raise TypeError(f"{declaration.__name__}.{name} has no Parameter in its annotation.")
        found[name] = note
    return found


def takes_previous(function: Callable[..., object]) -> bool:
    """Whether an effect takes the image that it returned last."""
    return PREVIOUS in inspect.signature(function).parameters


def _hints(function: Callable[..., object], name: str) -> dict[str, Any]:
    of = function if inspect.isroutine(function) else type(function).__call__
    try:
        return get_type_hints(of, include_extras=True)
    except Exception as error:
        # Reading an annotation executes it.
        raise InvalidOptionError(
            f"An annotation of the effect {name!r} cannot be read: {error}. Names in annotations "
            "must be those of the module or notebook."
        ) from error


def _parameter(given: inspect.Parameter, hints: dict[str, Any], effect: str) -> Parameter:
    where = f"The parameter {given.name!r} of the effect {effect!r}"
    if given.kind in {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}:
        raise InvalidOptionError(f"{where} stands for any others; give each a name of its own.")
    if given.default is inspect.Parameter.empty:
        raise InvalidOptionError(f"{where} needs a default: the value its control begins with.")
    annotation = hints.get(given.name, type(given.default))
    try:
        made = _of_annotation(given.name, annotation, given.default)
    except InvalidOptionError as error:
        raise InvalidOptionError(f"{where} cannot be like this: {error}") from error
    if made is None:
        raise InvalidOptionError(
            f"{where} gets its control by its annotation, one of {_KINDS}, but got {annotation!r}."
        )
    return made


def _declared(name: str, annotation: Any) -> Parameter | None:  # noqa: ANN401
    """Return the `Parameter` in an annotation, with this name."""
    for note in get_args(annotation)[1:] if get_origin(annotation) is Annotated else ():
        if isinstance(note, Number | Switch | OneOf | ColorField | BackgroundField | ClassesField):
            return replace(note, name=name)
    return None


def _of_annotation(name: str, annotation: Any, default: Any) -> Parameter | None:  # noqa: ANN401
    ranges: list[Range] = []
    if get_origin(annotation) is Annotated:
        annotation, *notes = get_args(annotation)
        ranges = [note for note in notes if isinstance(note, Range)]
    annotation = _without_none(annotation)
    if annotation is bool:
        switch = Switch(name, default)
        return Switch(name, switch.checked(default))
    if annotation is int or annotation is float:
        return _number(name, default, whole=annotation is int, ranges=ranges)
    if get_origin(annotation) is Literal:
        given = get_args(annotation)
        if not all(type(each) in {str, int, bool} for each in given):
            raise InvalidOptionError(
                f"The options of a Literal must be words, whole numbers or truth values, but are "
                f"{', '.join(map(repr, given))}."
            )
        return OneOf(name, OneOf(name, default, given).checked(default), given)
    if annotation is Color:
        color = ColorField(name, Color(0, 0, 0))
        return ColorField(name, color.checked(default))
    if _is_image(annotation):
        as_pil = isinstance(annotation, type) and issubclass(annotation, Image.Image)
        pixels = ImageField(name, None).checked(default)
        # A copy: the user's array may change.
        return ImageField(name, None if pixels is None else np.array(pixels), as_pil=as_pil)
    return None


def _number(name: str, default: Any, *, whole: bool, ranges: list[Range]) -> Number:  # noqa: ANN401
    number = Number(name, 0, whole=whole)
    if ranges:
        ends = ranges[0]
        number = replace(number, low=ends.low, high=ends.high, step=ends.step)
    return replace(number, default=number.checked(default))


def _without_none(annotation: Any) -> Any:  # noqa: ANN401
    """Treat ``X | None`` as ``X``."""
    if get_origin(annotation) in {types.UnionType, Union}:
        others = [each for each in get_args(annotation) if each is not type(None)]
        if len(others) == 1:
            return others[0]
    return annotation


def _is_image(annotation: Any) -> bool:  # noqa: ANN401
    kind = get_origin(annotation) or annotation
    # From numpy 2.5, NDArray is a separate alias, no longer the same as np.ndarray.
    return kind is NDArray or (
        isinstance(kind, type) and issubclass(kind, np.ndarray | Image.Image)
    )
