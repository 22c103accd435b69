"""Attributes that an object does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bodyseg_widgets.arguments.kinds import with_article
from bodyseg_widgets.arguments.names import close_name
from bodyseg_widgets.errors import UnknownAttributeError

__all__ = ["ExplainedAttributes", "unknown_attribute"]


class ExplainedAttributes:
    """An object that names the attribute that was probably meant.

    Examples
    --------
    >>> from bodyseg_widgets.arguments import ExplainedAttributes
    >>> class Segmenter(ExplainedAttributes):
    ...     def segment_people(self): ...
    >>> Segmenter().segmentPeople
    Traceback (most recent call last):
    bodyseg_widgets.errors.UnknownAttributeError: A Segmenter has no attribute 'segmentPeople'. \
Did you mean 'segment_people'?
    """

    __slots__ = ()

    _parts: ClassVar[tuple[str, ...]] = ()
    """Attributes whose own attributes people look for in this object."""

    _instead: ClassVar[dict[str, str]] = {}
    """What to use in place of names that people try, as a sentence."""

    # Not for type checkers: to them, an object with this method would have every attribute.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if hasattr(type(self), name):
                # A property raised the AttributeError, which says more.
                return object.__getattribute__(self, name)
            raise unknown_attribute(self, name)


def unknown_attribute(owner: object, name: str) -> UnknownAttributeError:
    """Return the error for an attribute that an object does not have.

    Parameters
    ----------
    owner : object
        The object.
    name : str
        The attribute that was read or set.
    """
    kind = with_article(type(owner).__name__)
    refusal = f"{kind[0].upper()}{kind[1:]} has no attribute {name!r}."
    return UnknownAttributeError(f"{refusal}{_advice(owner, name)}", name=name, obj=owner)


def _advice(owner: object, name: str) -> str:
    instead: dict[str, str] = getattr(type(owner), "_instead", {})
    if name in instead:
        return f" {instead[name]}"
    if name.startswith("_"):
        return ""
    for part in getattr(type(owner), "_parts", ()):
        if name in _public(getattr(owner, part, None)):
            return f" Its {part} has: write .{part}.{name}."
    close = close_name(name, _public(owner))
    if close is None:
        return f" help({type(owner).__name__}) says what it has."
    return f" Did you mean {close!r}?"


def _public(owner: object) -> list[str]:
    names = {*dir(type(owner)), *getattr(owner, "__dict__", ())}
    return sorted(name for name in names if not name.startswith("_"))
