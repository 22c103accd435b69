"""Colors, as people write them and as upstream's renderers take them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final, NamedTuple, SupportsIndex, TypeAlias

from PIL import ImageColor

from bodyseg_widgets.arguments import did_you_mean, in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PANEL_COLORS", "Color", "ColorLike", "body_pix_mask_value_to_rainbow_color", "to_color"]


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


_RAINBOW = (
    (110, 64, 170), (143, 61, 178), (178, 60, 178), (210, 62, 167), (238, 67, 149),
    (255, 78, 125), (255, 94, 99), (255, 115, 75), (255, 140, 56), (239, 167, 47),
    (217, 194, 49), (194, 219, 64), (175, 240, 91), (135, 245, 87), (96, 247, 96),
    (64, 243, 115), (40, 234, 141), (28, 219, 169), (26, 199, 194), (33, 176, 213),
    (47, 150, 224), (65, 125, 224), (84, 101, 214), (99, 81, 195),
)  # fmt: skip
"""The colors of BodyPix's 24 body parts: body-segmentation/src/body_pix/constants.ts."""


@named_arguments
def body_pix_mask_value_to_rainbow_color(value: SupportsIndex) -> Color:
    """Return the color of one of BodyPix's 24 body parts.

    Parameters
    ----------
    value : int
        The part's number, the red value of BodyPix's mask, 0 to 23.

    Raises
    ------
    InvalidOptionError
        There is no such part. This includes 24, BodyPix's value for pixels without a body.

    Examples
    --------
    >>> from bodyseg_widgets import body_pix_mask_value_to_rainbow_color
    >>> body_pix_mask_value_to_rainbow_color(0)
    Color(r=110, g=64, b=170, a=255)
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not 0 <= number <= MAX_LEVEL:
        raise InvalidOptionError(
            f"Mask value must be an integer in range [0, {MAX_LEVEL}] but got {value!r}."
        )
    if number >= len(_RAINBOW):
        raise InvalidOptionError(
            f"Mask value must be in range [0, {len(_RAINBOW)}) but got {number}. Those are "
            "BodyPix's body parts; a mask of whole people has 255 everywhere."
        )
    return Color(*_RAINBOW[number])
