"""Arguments that a function does not take."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from bodyseg_widgets.arguments.kinds import in_short
from bodyseg_widgets.arguments.names import close_name, listed
from bodyseg_widgets.errors import UnknownArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["named_arguments", "unknown_arguments", "wrong_call"]

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def named_arguments(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Have a function say what it takes where it is called with something else.

    Raises
    ------
    UnknownArgumentError
        In a call: an argument's name is unknown, one too many is given, or one is missing.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import named_arguments
    >>> @named_arguments
    ... def blurred(image, *, blur_amount=3): ...
    >>> blurred(None, blurAmount=5)
    Traceback (most recent call last):
    bodyseg_widgets.errors.UnknownArgumentError: blurred takes no argument 'blurAmount'. It takes \
'image', 'blur_amount'. Did you mean 'blur_amount'?
    """

    @functools.wraps(function)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            # Raised by the call itself, not by what was called.
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise _explained(function, args, kwargs, error) from None
            raise

    return checked


def unknown_arguments(
    caller: str, unknown: Sequence[str], known: Iterable[str]
) -> UnknownArgumentError:
    """Return the error for arguments whose names are unknown.

    Parameters
    ----------
    caller : str
        What was called.
    unknown : sequence of str
        The names that it does not take.
    known : iterable of str
        Those that it takes.
    """
    known = [*known]
    close = [each for each in (close_name(name, known) for name in unknown) if each is not None]
    meant = f" Did you mean {listed(dict.fromkeys(close))}?" if close else ""
    return UnknownArgumentError(
        f"{caller} takes no argument {listed(unknown)}. It takes {listed(known)}.{meant}"
    )


def wrong_call(
    caller: str,
    parameters: Sequence[inspect.Parameter],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> UnknownArgumentError | None:
    """Return the error for a call that does not fit the parameters, or None if it fits.

    Parameters
    ----------
    caller : str
        What was called.
    parameters : sequence of inspect.Parameter
        What it takes, without ``self``.
    args, kwargs
        What it was given.
    """
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters)
    named = [
        each for each in parameters if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]
    names = [each.name for each in named]
    unknown = [name for name in kwargs if name not in names]
    if unknown and not takes_any:
        return unknown_arguments(caller, unknown, names)
    places = [each for each in named if each.kind is not each.KEYWORD_ONLY]
    if len(args) > len(places) and not any(each.kind is each.VAR_POSITIONAL for each in parameters):
        rest = [each.name for each in named if each.kind is each.KEYWORD_ONLY]
        return _too_many(caller, args, len(places), rest)
    given = {*kwargs, *(each.name for each in places[: len(args)])}
    missing = [each.name for each in named if each.default is each.empty and each.name not in given]
    if missing:
        needed = [each.name for each in named if each.default is each.empty]
        return UnknownArgumentError(
            f"{caller} needs {listed(missing)}, but got {_given(args, kwargs)}. Call it as "
            f"{caller}({', '.join(needed)}, …)."
        )
    return None


def _explained(
    function: Callable[..., object],
    args: Sequence[object],
    kwargs: Mapping[str, object],
    error: TypeError,
) -> TypeError:
    caller = function.__qualname__.rpartition("<locals>.")[2]
    parameters = [*inspect.signature(function).parameters.values()]
    if parameters and parameters[0].name in {"self", "cls"}:
        parameters, args = parameters[1:], args[1:]
    caller = caller.removesuffix(".__init__")
    return wrong_call(caller, parameters, args, kwargs) or error


def _too_many(
    caller: str, args: Sequence[object], most: int, by_name: Sequence[str]
) -> UnknownArgumentError:
    extra = args[most]
    first = ", ".join(map(in_short, args[:most]))
    if isinstance(extra, Mapping):
        # TensorFlow.js's options are an object of their own.
        options = ", ".join(
            f"{close_name(name, by_name) or name}={in_short(value)}"
            for name, value in extra.items()
        )
        return UnknownArgumentError(
            f"{caller} takes its options by name, but got {in_short(extra)}. Write "
            f"{caller}({', '.join(filter(None, (first, options)))})."
        )
    fix = f" Give the others by name: {listed(by_name)}." if by_name else ""
    return UnknownArgumentError(
        f"{caller} takes at most {most} argument{'' if most == 1 else 's'} without a name, but got "
        f"{len(args)}: {', '.join(map(in_short, args))}.{fix}"
    )


def _given(args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    return ", ".join([*map(in_short, args), *(f"{name}=…" for name in kwargs)]) or "nothing"
