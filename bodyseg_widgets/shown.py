"""What notebooks show of a result: its card.

Masks, poses and other results are defined in layers below those that can draw them, so here they
only say that they have a card. The package's root says who makes it: `bodyseg_widgets.cards`, which
is imported with the first card. So a result that no one looks at costs nothing, plain Python needs
no Jupyter, and no layer imports one above it.

The alternative, formatters that are registered with IPython for each class, would work in IPython's
kernels only. Methods with these names are also found by marimo, Sphinx-Gallery and others.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Card", "Shown", "make_cards_with"]


@dataclass(frozen=True, slots=True)
class Card:
    """What a notebook shows of one object.

    Attributes
    ----------
    html : str
        Complete in itself: no scripts, no style sheets, and images as ``data:`` URLs.
    images : mapping
        The object as an image file, by MIME type, for documents that show no HTML, such as a PDF:
        one file, or none for objects without an image.
    """

    html: str
    images: Mapping[str, bytes] = field(default_factory=dict)


class Shown:
    """An object that shows itself in a notebook. Its class is known to `bodyseg_widgets.cards`."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return the card as HTML, for programs that look for nothing else."""
        return _card_of(self).html

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - IPython selects what it asked for
        exclude: object = None,  # noqa: ARG002
    ) -> dict[str, str]:
        """Return the card as HTML and as an image, made once for both."""
        card = _card_of(self)
        images = {kind: b64encode(file).decode() for kind, file in card.images.items()}
        return {"text/html": card.html, **images}


def make_cards_with(card_of: Callable[[object], Card]) -> None:
    """Set the function that makes the card of any `Shown` object."""
    global _card_of  # noqa: PLW0603 - set once, by the package's root
    _card_of = card_of


_card_of: Callable[[object], Card]
# Set before anyone can have an object of this package: importing this module imports the root.
