"""Which function makes the card of which class."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

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
    NotImplementedError
        No function is registered for its class.
    """
    raise NotImplementedError(f"{type(shown).__name__} has no card.")
