"""The colors of classes, such as body parts."""

from __future__ import annotations

import operator
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, SupportsIndex, TypeAlias

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.rendering.color import Color
from bodyseg_widgets.segmentation.types import without_background

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "COLORBLIND",
    "PALETTES",
    "PERSON_LEAP",
    "RAINBOW",
    "Palette",
    "body_pix_mask_value_to_rainbow_color",
    "class_colors",
    "person_color",
]

Palette: TypeAlias = Literal["rainbow", "colorblind"]

RAINBOW: Final = tuple(
    Color(*rgb)
    for rgb in (
        (110, 64, 170), (143, 61, 178), (178, 60, 178), (210, 62, 167), (238, 67, 149),
        (255, 78, 125), (255, 94, 99), (255, 115, 75), (255, 140, 56), (239, 167, 47),
        (217, 194, 49), (194, 219, 64), (175, 240, 91), (135, 245, 87), (96, 247, 96),
        (64, 243, 115), (40, 234, 141), (28, 219, 169), (26, 199, 194), (33, 176, 213),
        (47, 150, 224), (65, 125, 224), (84, 101, 214), (99, 81, 195),
    )
)  # fmt: skip
"""The colors of BodyPix's 24 body parts: body-segmentation/src/body_pix/constants.ts. With
some kinds of color blindness several look the same."""


def _shades(red: int, green: int, blue: int, *shares: float) -> tuple[Color, ...]:
    """Return a color mixed with white by each share, or with black by a negative one."""
    return tuple(
        Color(
            *(
                round(each + ((MAX_LEVEL if share > 0 else 0) - each) * abs(share))
                for each in (red, green, blue)
            )
        )
        for share in shares
    )


_FOUR = (-0.2, -0.4, 0.3, 0.65)
_TWO = (-0.3, 0.35)

COLORBLIND: Final = (
    *_shades(230, 159, 0, *_TWO),  # orange: left and right face
    *_shades(240, 228, 66, *_FOUR),  # yellow: upper arms
    *_shades(0, 114, 178, *_FOUR),  # blue: lower arms
    *_shades(153, 153, 153, *_TWO),  # gray: hands
    *_shades(86, 180, 233, *_TWO),  # sky blue: front and back of the torso
    *_shades(204, 121, 167, *_FOUR),  # reddish purple: upper legs
    *_shades(213, 94, 0, *_FOUR),  # vermilion: lower legs
    *_shades(0, 158, 115, *_TWO),  # bluish green: feet
)
"""The same parts in Okabe and Ito's palette (https://jfly.uni-koeln.de/color), which color-blind
people can tell apart, with gray in place of black. A region of the body has one hue; its left side
is darker, its right side lighter, and of limbs with four parts the back differs more from the hue.

Hues and shades are those, of some thousand, whose least alike two colors are furthest apart, with
normal vision and in Machado's simulation of three kinds of color blindness: at least 6.3 in CIELAB,
where it is 1.4 in `RAINBOW`."""

PALETTES: Final[Mapping[str, tuple[Color, ...]]] = MappingProxyType(
    {"rainbow": RAINBOW, "colorblind": COLORBLIND}
)
"""The palettes, by name; each has 24 colors."""


@named_arguments
def class_colors(labels: Mapping[int, str], palette: Palette = "rainbow") -> dict[int, Color]:
    """Return the color of each of a model's classes.

    Parameters
    ----------
    labels : mapping of int to str
        The labels by their values, as ``Segmentation.labels`` has them. What is called
        *background* has no color.
    palette : {"rainbow", "colorblind"}
        Upstream's colors, or some that color-blind people can tell apart. Each has 24 colors: as
        many as BodyPix has parts. Fewer classes get colors from all of the palette; more share some
        of them.

    Returns
    -------
    dict of int to Color
        By the values of the labels.

    Raises
    ------
    InvalidOptionError
        There is no such palette.

    Examples
    --------
    >>> from bodyseg_widgets.rendering import class_colors
    >>> colors = class_colors({0: "background", 1: "hair", 2: "skin"}, "colorblind")
    >>> [color.hex for color in colors.values()]
    ['#a16f00', '#3c7ea3']
    """
    colors = PALETTES[check_choice("palette", palette, PALETTES)]
    drawn = without_background(labels)
    many, few = len(colors), len(drawn)
    return {
        value: colors[place % many if few > many else place * many // few]
        for place, value in enumerate(drawn)
    }


PERSON_LEAP: Final = 7
"""From one person's color to the next one's, in a palette: far enough to look different, and
without a common divisor with 24, so that all are used."""


@named_arguments
def person_color(number: int, palette: Palette = "rainbow") -> Color:
    """Return the color of one of several people.

    Parameters
    ----------
    number : int
        The person's: `Pose.id`, or a place among the people, from 1.
    palette : {"rainbow", "colorblind"}
        As for `class_colors`. 24 people in a row have different colors.

    Raises
    ------
    InvalidOptionError
        There is no such palette.

    Examples
    --------
    >>> from bodyseg_widgets.rendering import person_color
    >>> [person_color(number, "colorblind").hex for number in (1, 2, 3)]
    ['#efc159', '#4c9cc9', '#7a4964']
    """
    colors = PALETTES[check_choice("palette", palette, PALETTES)]
    return colors[(1 + PERSON_LEAP * (number - 1)) % len(colors)]


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
    if number >= len(RAINBOW):
        raise InvalidOptionError(
            f"Mask value must be in range [0, {len(RAINBOW)}) but got {number}. Those are "
            "BodyPix's body parts; a mask of whole people has 255 everywhere."
        )
    return RAINBOW[number]
