"""Colors, as people write them and as upstream's renderers take them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from PIL import ImageColor

from bodyseg_widgets.arguments import did_you_mean, in_short
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PANEL_COLORS", "Color", "ColorLike", "to_color"]


class Color(NamedTuple):
    """A color with its opacity, each part 0 to 255.

    Attributes
    ----------
    r, g, b : int
        Red, green and blue.
    a : int
        Opacity: 255 is opaque.

    Examples
    --------
    >>> from bodyseg_widgets import Color
    >>> Color(0, 163, 163)
    Color(r=0, g=163, b=163, a=255)
    >>> Color(0, 163, 163).hex
    '#00a3a3'
    """

    r: int
    g: int
    b: int
    a: int = MAX_LEVEL

    @property
    def hex(self) -> str:
        """The color without its opacity, as ``#rrggbb``."""
        return f"#{self.r:02x}{self.g:02x}{self.b:02x}"


TEAL: Final = Color(0, 163, 163)
"""Of masks and contours: stands out from skin, hair and rooms."""


PANEL_COLORS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""The color of each of several things that are compared, by its position: from Okabe and Ito's
palette, which color-blind people can tell apart."""


ColorLike: TypeAlias = "Color | Sequence[int] | str"
"""A `Color`, three or four numbers from 0 to 255, or a CSS name or code such as ``"teal"``,
``"#00a3a3"``, ``"hsl(180, 100%, 32%)"`` or ``"transparent"``."""


def to_color(color: ColorLike) -> Color:
    """Convert a color as people write it.

    Parameters
    ----------
    color : Color, sequence of int or str
        See `ColorLike`.

    Raises
    ------
    InvalidOptionError
        `color` is not a color.

    Examples
    --------
    >>> from bodyseg_widgets.rendering import to_color
    >>> to_color("#00a3a3"), to_color((255, 255, 255, 0))
    (Color(r=0, g=163, b=163, a=255), Color(r=255, g=255, b=255, a=0))
    """
    if isinstance(color, str) and color.strip().lower() == "transparent":
        # CSS has it, Pillow does not.
        return Color(0, 0, 0, 0)
    try:
        parts = ImageColor.getrgb(color) if isinstance(color, str) else color
        found = Color(*(operator.index(part) for part in parts))
    except (TypeError, ValueError):
        found = None
    if found is None or not all(0 <= part <= MAX_LEVEL for part in found):
        raise InvalidOptionError(
            "Expect a color to be three or four whole numbers from 0 to 255, or a CSS name or code "
            f"such as 'teal' or '#00a3a3', but got {in_short(color)}."
            f"{did_you_mean(color, ImageColor.colormap)}"
        )
    return found
