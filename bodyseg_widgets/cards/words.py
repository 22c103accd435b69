"""Numbers as cards write them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation import Size

__all__ = ["count", "milliseconds", "pixels", "share"]


def pixels(size: Size) -> str:
    """Return a size, (height, width), as people say it.

    Examples
    --------
    >>> from bodyseg_widgets.cards.words import pixels
    >>> pixels((480, 640))
    '640 × 480 pixels'
    """
    height, width = size
    return f"{width} × {height} pixels"


def share(part: float) -> str:
    """Return a share of 0 to 1 in percent."""
    return f"{part:.1%}"


def count(number: int, one: str, many: str) -> str:
    """Return how many there are.

    Examples
    --------
    >>> from bodyseg_widgets.cards.words import count
    >>> count(0, "pose", "poses"), count(1, "pose", "poses")
    ('0 poses', '1 pose')
    """
    return f"{number} {one if number == 1 else many}"


def milliseconds(duration: float) -> str:
    """Return a duration, or a dash if it was not measured."""
    return "–" if math.isnan(duration) else f"{duration:.1f} ms"
