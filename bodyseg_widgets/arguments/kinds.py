"""Values of the wrong type, refused where they are given."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar

from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["check_function", "check_kind", "in_short"]

Kind = TypeVar("Kind")
Function = TypeVar("Function", bound="Callable[..., object]")

_LONGEST = 60


def in_short(given: object) -> str:
    """Return a value as a message shows it: in full if it is short, otherwise its type.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import in_short
    >>> in_short("heatmp"), in_short([*range(1000)])
    ("'heatmp'", 'a list')
    """
    if isinstance(given, type):
        return f"the class {given.__name__}"
    if isinstance(given, str):
        # Not the repr of a member of an enumeration.
        text = repr(str(given))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…'"
    text = repr(given)
    if len(text) > _LONGEST or "\n" in text or text.startswith("<"):
        return with_article(type(given).__name__)
    return text


def with_article(name: str) -> str:
    """Return a noun with its article.

    Examples
    --------
    >>> from bodyseg_widgets.arguments.kinds import with_article
    >>> with_article("Webcam"), with_article("Explorer")
    ('a Webcam', 'an Explorer')
    """
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def check_kind(what: str, given: object, kind: type[Kind], *, fix: str = "") -> Kind:
    """Return a value that must be of a type.

    Parameters
    ----------
    what : str
        What is given, as the start of a sentence.
    given : object
        The value.
    kind : type
        What it must be.
    fix : str, optional
        How to get one, as a sentence.

    Raises
    ------
    InvalidOptionError
        It is something else.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import check_kind
    >>> check_kind("name", 5, str, fix="Write it in quotes.")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: name must be a str, but got 5. Write it in quotes.
    """
    if isinstance(given, kind):
        return given
    own = _own(given, kind)
    if own is not None:
        fix = f"Pass its .{own}."
    raise InvalidOptionError(
        f"{what} must be {with_article(kind.__name__)}, but got {in_short(given)}."
        f"{f' {fix}' if fix else ''}"
    )


def check_function(what: str, given: Function, takes: str) -> Function:
    """Return a value that must be a function.

    Parameters
    ----------
    what : str
        What is given, as the start of a sentence.
    given : callable
        The function.
    takes : str
        What it takes and returns, such as ``"(image) -> probability"``.

    Raises
    ------
    InvalidOptionError
        It is none.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import check_function
    >>> check_function("callback", 5, "(result)")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: callback must be a function (result), but got 5. \
Pass the function itself, by its name without parentheses, or a lambda.
    """
    if callable(given):
        return given
    raise InvalidOptionError(
        f"{what} must be a function {takes}, but got {in_short(given)}. Pass the function itself, "
        "by its name without parentheses, or a lambda."
    )


def _own(given: object, kind: type) -> str | None:
    """Return the name of the part of a value that is of the type, such as an Explorer's stream."""
    for name in ("stream", "view", "webcam", "mask"):
        part = inspect.getattr_static(given, name, None)
        if part is not None and isinstance(getattr(given, name), kind):
            return name
    return None
