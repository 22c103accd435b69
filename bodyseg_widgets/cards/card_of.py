"""Which function makes the card of which class."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from bodyseg_widgets.arguments import in_short, listed
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from bodyseg_widgets.shown import Card

__all__ = ["card_of"]


@singledispatch
def card_of(shown: object) -> Card:
    """Make the card of an object.

    Parameters
    ----------
    shown : Shown
        The object. The modules of this package register a function for each class.

    Raises
    ------
    InvalidOptionError
        No function is registered for its class; the message lists those that have one.
    """
    known = sorted(kind.__name__ for kind in card_of.registry if kind is not object)
    raise InvalidOptionError(
        f"{in_short(shown)} has no card. Objects of these classes have one: {listed(known)}."
    )
