"""The picture of a live plot that a saved notebook keeps: lines, with axes or without.

Like panels, it stands on a dark sheet.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bodyseg_widgets.cards.panels import INK, PAPER, QUIET, SHADE, write_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Axis", "PlotLine", "plot_png"]

_FINE: Final = 2
"""It is drawn at twice its size, because Pillow's lines have no smooth edges."""

# In pixels of the drawing
_WIDTH, _HEIGHT = 560 * _FINE, 280 * _FINE
_LEFT, _RIGHT, _TOP, _BOTTOM = 54 * _FINE, 20 * _FINE, 14 * _FINE, 42 * _FINE
_ROW = 20 * _FINE
_TEXT = 12 * _FINE
_NEAR, _FAR, _SAMPLE, _APART = 4 * _FINE, 36 * _FINE, 20 * _FINE, 42 * _FINE
_GRID = (70, 78, 88)
_COLORS = 64
_MOST_NUMBERS = 6
_STEPS = (1, 2, 2.5, 5, 10)
_BESIDE: Final = 0.06
_POINTS = 2


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A line of a plot.

    Attributes
    ----------
    points : numpy.ndarray
        float (n, 2), x and y; NaN where it is interrupted.
    color : tuple of int
        Red, green, blue.
    name : str
        What the legend calls it; empty for a line that it leaves out.
    width : int
        In pixels.
    """

    points: NDArray[np.floating]
    color: tuple[int, int, int]
    name: str = ""
    width: int = 2


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis.

    Attributes
    ----------
    title : str
        What it shows.
    ends : tuple of float or None
        Its range; None for that of the lines.
    """

    title: str
    ends: tuple[float, float] | None = None


def plot_png(
    lines: Sequence[PlotLine], *, axes: tuple[Axis, Axis] | None = None, note: str = ""
) -> bytes:
    r"""Return a plot as PNG.

    Parameters
    ----------
    lines : sequence of PlotLine
        The lines, from back to front.
    axes : tuple of Axis, optional
        x and y. Without, both have the same scale.
    note : str
        What is said where there are no lines.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.cards.plots import Axis, PlotLine, plot_png
    >>> knee = PlotLine(np.array([[-1.0, 90.0], [0.0, 170.0]]), (86, 180, 233), "left knee")
    >>> plot_png([knee], axes=(Axis("time (s)"), Axis("angle (°)", (0, 180))))[:4]
    b'\x89PNG'
    """
    named = [line for line in lines if line.name]
    legend = _legend_rows(named)
    height = _HEIGHT + _ROW * len(legend)
    sheet = Image.new("RGB", (_WIDTH, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    for at, row in enumerate(legend):
        _draw_legend(pen, row, _TOP + _ROW * (at + 0.5))
    top = _TOP + _ROW * len(legend)
    margins = (_LEFT, _RIGHT, _BOTTOM) if axes else (_TOP, _TOP, _TOP)
    box = (margins[0], top, _WIDTH - margins[1], height - margins[2])
    pen.rectangle(box, SHADE)
    if lines:
        _draw_lines(pen, lines, box, axes)
    shown = sheet.resize((_WIDTH // _FINE, height // _FINE), Image.Resampling.HAMMING)
    if not lines:
        middle = (shown.width / 2, shown.height / 2)
        write_below(ImageDraw.Draw(shown), note, middle, shown.width - 2 * _ROW)
    file = io.BytesIO()
    shown.quantize(_COLORS).save(file, "PNG")
    return file.getvalue()


def _draw_lines(
    pen: ImageDraw.ImageDraw,
    lines: Sequence[PlotLine],
    box: tuple[float, float, float, float],
    axes: tuple[Axis, Axis] | None,
) -> None:
    left, top, right, bottom = box
    points = np.concatenate([line.points for line in lines])
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    for at, axis in enumerate(axes or ()):
        if axis.ends is not None:
            low[at], high[at] = axis.ends
    span = np.maximum(high - low, 1e-9)
    scale = np.array([right - left, bottom - top]) / (span * (1 + (0 if axes else 2 * _BESIDE)))
    if axes is None:
        scale[:] = scale.min()
    middle = (low + high) / 2

    def placed(place: NDArray[np.floating]) -> NDArray[np.floating]:
        center = np.array([(left + right) / 2, (top + bottom) / 2])
        moved: NDArray[np.floating] = center + (place - middle) * scale * (1, -1)
        return moved

    if axes is not None:
        _draw_axes(pen, axes, box, low, high)
    for line in lines:
        for part in _uninterrupted(line.points):
            corners = [(float(x), float(y)) for x, y in placed(part)]
            pen.line(corners, line.color, line.width * _FINE, joint="curve")


def _draw_axes(
    pen: ImageDraw.ImageDraw,
    axes: tuple[Axis, Axis],
    box: tuple[float, float, float, float],
    low: NDArray[np.floating],
    high: NDArray[np.floating],
) -> None:
    left, top, right, bottom = box
    font = ImageFont.load_default(_TEXT)
    for value in _ticks(float(low[0]), float(high[0])):
        x = left + (value - low[0]) / (high[0] - low[0]) * (right - left)
        pen.line((x, top, x, bottom), _GRID, _FINE)
        pen.text((x, bottom + _NEAR), f"{value:g}", QUIET, font, "mt")
    for value in _ticks(float(low[1]), float(high[1])):
        y = bottom - (value - low[1]) / (high[1] - low[1]) * (bottom - top)
        pen.line((left, y, right, y), _GRID, _FINE)
        pen.text((left - _NEAR, y), f"{value:g}", QUIET, font, "rm")
    pen.text((right, bottom + _FAR), axes[0].title, QUIET, font, "rb")
    pen.text((left + _NEAR, top + _NEAR), axes[1].title, QUIET, font, "lt")


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two."""
    span = high - low
    if span <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / _MOST_NUMBERS))
    step = next(each * power for each in _STEPS if span <= each * power * _MOST_NUMBERS)
    first = math.ceil(low / step - 1e-6)
    return [round(at * step, 9) for at in range(first, math.floor(high / step + 1e-6) + 1)]


def _uninterrupted(points: NDArray[np.floating]) -> list[NDArray[np.floating]]:
    gaps = np.flatnonzero(np.isnan(points).any(axis=1))
    parts = np.split(points, gaps)
    whole = [part[~np.isnan(part).any(axis=1)] for part in parts]
    return [part for part in whole if len(part) >= _POINTS]


def _legend_rows(lines: Sequence[PlotLine]) -> list[list[PlotLine]]:
    rows: list[list[PlotLine]] = []
    used = math.inf
    for line in lines:
        wide = _width_in_legend(line)
        if used + wide > _WIDTH - _LEFT - _RIGHT:
            rows.append([])
            used = 0.0
        rows[-1].append(line)
        used += wide
    return rows


def _width_in_legend(line: PlotLine) -> float:
    return _APART + ImageFont.load_default(_TEXT).getlength(line.name)


def _draw_legend(pen: ImageDraw.ImageDraw, lines: Sequence[PlotLine], middle: float) -> None:
    left: float = _LEFT
    for line in lines:
        pen.line((left, middle, left + _SAMPLE, middle), line.color, 3 * _FINE)
        pen.text(
            (left + _SAMPLE + _NEAR, middle), line.name, INK, ImageFont.load_default(_TEXT), "lm"
        )
        left += _width_in_legend(line)
