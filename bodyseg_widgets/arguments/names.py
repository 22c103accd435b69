"""Names: one of several, one or several, and the one that was probably meant."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from bodyseg_widgets.arguments.kinds import in_short
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_choice", "close_name", "did_you_mean", "listed", "names_of"]

_SHORTEST_PART = 4


def close_name(given: object, known: Iterable[str]) -> str | None:
    """Return the name that was probably meant.

    Case, underscores and spaces do not count, so a name in TensorFlow.js's spelling finds the
    Python one.

    Returns
    -------
    str or None
        One of `known`, or None if none is close.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import close_name
    >>> close_name("segmentPeople", ["segment_people", "dispose"])
    'segment_people'
    >>> close_name("treshold", ["threshold", "opacity"])
    'threshold'
    >>> close_name("selfie", ["MediaPipeSelfieSegmentation", "BlazePose"])
    'MediaPipeSelfieSegmentation'
    """
    if not isinstance(given, str):
        return None
    wanted = _bare(given)
    bare: dict[str, str] = {}
    for name in known:
        bare.setdefault(_bare(name), name)
    close = difflib.get_close_matches(wanted, bare, n=1)
    if not close and len(wanted) >= _SHORTEST_PART:
        close = [each for each in bare if wanted in each][:1]
    return bare[close[0]] if close else None


def did_you_mean(given: object, known: Iterable[str]) -> str:
    """Return a sentence for the end of a message, with a space before it; empty if none helps.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import did_you_mean
    >>> did_you_mean("heatmp", ["mask", "heatmap"])
    " Did you mean 'heatmap'?"
    """
    close = close_name(given, known)
    return "" if close is None else f" Did you mean {str(close)!r}?"


def listed(names: Iterable[object]) -> str:
    """Return names as a message lists them.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import listed
    >>> listed(["mask", "heatmap"])
    "'mask', 'heatmap'"
    """
    return ", ".join(repr(str(name)) for name in names) or "none"


def check_choice(
    what: str,
    given: object,
    allowed: Iterable[str],
    *,
    fix: str = "",
    error: type[InvalidOptionError] = InvalidOptionError,
) -> str:
    """Return a name that must be one of several.

    Parameters
    ----------
    what : str
        What is given, as the start of a sentence.
    given : str
        The name.
    allowed : iterable of str
        All that it can be.
    fix : str
        What to do where it is none of them, as a sentence.
    error : type
        What to raise.

    Raises
    ------
    InvalidOptionError
        It is none of them; the message lists them, with the one that was probably meant.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import check_choice
    >>> check_choice("view", "heatmp", ["mask", "heatmap"])
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: view must be one of 'mask', 'heatmap', but got \
'heatmp'. Did you mean 'heatmap'?
    """
    allowed = [*allowed]
    if isinstance(given, str) and given in allowed:
        return given
    raise error(
        f"{what} must be one of {listed(allowed)}, but got {in_short(given)}."
        f"{did_you_mean(given, allowed)}{f' {fix}' if fix else ''}"
    )


def names_of(what: str, given: str | Iterable[str]) -> tuple[str, ...]:
    """Return a name or several names as several: a text is one name, not its letters.

    Raises
    ------
    InvalidOptionError
        It is neither.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import names_of
    >>> names_of("series", "left_knee"), names_of("series", ["left_knee", "right_knee"])
    (('left_knee',), ('left_knee', 'right_knee'))
    """
    if isinstance(given, str):
        return (given,)
    try:
        names = tuple(given)
    except TypeError:
        names = None
    if names is None or not all(isinstance(each, str) for each in names):
        raise InvalidOptionError(
            f"{what} must be a name or a list of names, but got {in_short(given)}."
        )
    return names


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
