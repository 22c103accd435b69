"""Charts: curves as an image, pixels only."""

from __future__ import annotations

import math
from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bodyseg_widgets.rendering.color import PANEL_COLORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Curve = tuple[NDArray[np.float32], NDArray[np.float32]]
    """x and y of its points."""

__all__ = ["PIXEL_RATIO", "curves"]

PIXEL_RATIO: Final = 2
"""Charts have twice the pixels at which they are shown: text is sharp on sharp screens."""

# In pixels of CSS
_WIDTH, _HEIGHT = 360, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 26, 36
_ROW = 18
_SAMPLE = 26
_TEXT = 12
_LINE = 2

_PAPER, _GRID, _INK = "white", "#dddddd", "#333333"
_SHARES = (0, 0.25, 0.5, 0.75, 1)
_MOST_NUMBERS = 5
_STEPS = (1, 2, 2.5, 5, 10)
_COLUMNS = 2

_DASHES = ((), (7, 4), (2, 3), (7, 3, 2, 3), (12, 4), (12, 3, 2, 3))
"""Line and gap in turn, in pixels: curves differ without color, too. As the live plots have it."""


def curves(shown: Mapping[str, Curve], *, title: str, x_title: str) -> Image.Image:
    """Return curves with values from 0 to 1 as a chart with a legend.

    Parameters
    ----------
    shown : mapping of str to Curve
        Each curve's x, which begins at 0, and y, by name.
    title : str
        What y is.
    x_title : str
        What x is.
    """
    rows = -(-len(shown) // _COLUMNS)
    image = Image.new("RGB", _scaled((_WIDTH, _HEIGHT + rows * _ROW + 6)), _PAPER)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(_TEXT * PIXEL_RATIO)
    # A line may be a single point.
    last = max((float(x[-1]) for x, _ in shown.values()), default=0) or 1.0

    def place(x: float, y: float) -> tuple[int, int]:
        across = _LEFT + x / last * (_WIDTH - _LEFT - _RIGHT)
        return _scaled((across, _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM)))

    def write(where: tuple[int, int], text: str, anchor: str) -> None:
        pen.text(where, text, _INK, font, anchor)

    for share in _SHARES:
        pen.line([place(0, share), place(last, share)], _GRID, PIXEL_RATIO)
        left, height = place(0, share)
        write((left - 4 * PIXEL_RATIO, height), f"{share:g}", "rm")
    for tick in _round_numbers(last):
        middle, bottom = place(tick, 0)
        write((middle, bottom + 4 * PIXEL_RATIO), f"{tick:g}", "mt")
    write(_scaled((_LEFT, 6)), title, "lt")
    write(_scaled((_WIDTH - _RIGHT, _HEIGHT - 4)), x_title, "rb")
    styles = zip(cycle(PANEL_COLORS), cycle(_DASHES), strict=False)
    for number, ((name, (x, y)), (color, dashes)) in enumerate(
        zip(shown.items(), styles, strict=False)
    ):
        points = [place(*point) for point in zip(x.tolist(), y.tolist(), strict=True)]
        _stroke(pen, points, color, dashes)
        row, column = divmod(number, _COLUMNS)
        start, down = _LEFT + column * (_WIDTH - _LEFT) / _COLUMNS, _HEIGHT + (row + 0.5) * _ROW
        _stroke(pen, [_scaled((start, down)), _scaled((start + _SAMPLE, down))], color, dashes)
        write(_scaled((start + _SAMPLE + 6, down)), name, "lm")
    return image


def _round_numbers(last: float) -> list[float]:
    """Return numbers from 0 to at most `last` for people to read along an axis."""
    power = 10.0 ** math.floor(math.log10(last / _MOST_NUMBERS))
    step = next(each * power for each in _STEPS if last <= each * power * _MOST_NUMBERS)
    return [round(at * step, 6) for at in range(int(last / step + 1e-6) + 1)]


def _scaled(place: tuple[float, float]) -> tuple[int, int]:
    return round(place[0] * PIXEL_RATIO), round(place[1] * PIXEL_RATIO)


def _stroke(
    pen: ImageDraw.ImageDraw,
    points: list[tuple[int, int]],
    color: str,
    dashes: tuple[int, ...],
) -> None:
    width = _LINE * PIXEL_RATIO
    if not dashes:
        pen.line(points, color, width, joint="curve")
        return
    corners = np.array(points, float)
    way = np.concatenate([[0], np.hypot(*np.diff(corners, axis=0).T).cumsum()])
    for start, end in _drawn_parts(float(way[-1]), dashes):
        inside = way[(way > start) & (way < end)]
        at = np.concatenate([[start], inside, [end]])
        part = np.column_stack([np.interp(at, way, axis) for axis in corners.T])
        pen.line([(x, y) for x, y in part.tolist()], color, width, joint="curve")


def _drawn_parts(length: float, dashes: tuple[int, ...]) -> Iterable[tuple[float, float]]:
    """Yield where lines begin and end, on a way of this length."""
    period = np.cumsum([0, *dashes]) * PIXEL_RATIO
    for begin in np.arange(0, length, period[-1]):
        for number, (start, end) in enumerate(pairwise(period)):
            if number % 2 == 0 and begin + start < length:
                yield float(begin + start), float(min(begin + end, length))
