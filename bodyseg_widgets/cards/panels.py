"""The picture of live panels that a saved notebook keeps, or a drawing in its place.

It stands on a dark sheet, like drawn skeletons, so it looks the same in light and dark pages.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.rendering import Color

__all__ = [
    "INK",
    "PAPER",
    "QUIET",
    "SHADE",
    "PanelPicture",
    "columns_of",
    "panels_png",
    "width_of",
    "write_below",
]

PAPER, SHADE, _FIGURE = (27, 31, 36), (38, 43, 50), (58, 65, 75)
INK, QUIET = (240, 243, 246), (166, 176, 187)
_GAP: Final = 10
_HEAD: Final = 30
_FOOT: Final = 26
_TITLE, _SMALL = 15, 12
_LINE, _SWATCH = 17, 9
"""Of a legend: height of a line, and of a color."""
_WIDTHS: Final = {1: 480, 2: 400, 3: 320}
"""Width of an image in a row of so many, in pixels."""
_COLORS: Final = 256
_DRAWN_PROPORTION: Final = 3 / 4


@dataclass(frozen=True, slots=True)
class PanelPicture:
    """What one panel shows.

    Attributes
    ----------
    title : str
        Its model.
    facts : sequence of str
        What is drawn, and what came of it.
    image : numpy.ndarray or None
        uint8 (H, W, 3), RGB; None for a drawing in its place.
    legend : sequence of (Color, str)
        What the image's colors stand for.
    note : str
        Why there is no image.
    """

    title: str
    facts: Sequence[str] = ()
    image: RgbImage | None = None
    legend: Sequence[tuple[Color, str]] = ()
    note: str = ""


def columns_of(count: int) -> int:
    """Return how many of `count` panels stand in a row."""
    return 2 if count == 4 else min(count, 3)  # noqa: PLR2004 - two rows of two


def width_of(count: int) -> int:
    """Return how wide the image of each of `count` panels is, in pixels."""
    return _WIDTHS[columns_of(count)]


def panels_png(panels: Sequence[PanelPicture]) -> bytes:
    r"""Return a picture of panels, side by side, as PNG.

    Examples
    --------
    >>> from bodyseg_widgets.cards.panels import PanelPicture, panels_png
    >>> panels_png([PanelPicture("Selfie general", note="A live picture.")])[:4]
    b'\x89PNG'
    """
    columns, width = columns_of(len(panels)), width_of(len(panels))
    images = [_fitted(each.image, width) for each in panels]
    tallest = max((each.height for each in images if each is not None), default=0)
    height = tallest or round(width * _DRAWN_PROPORTION)
    rows = -(-len(panels) // columns)
    legends = [_arranged(each.legend, width) for each in panels]
    tall = _HEAD + height + _FOOT + _LINE * max(map(len, legends))
    size = (columns * (width + _GAP) + _GAP, rows * (tall + _GAP) + _GAP)
    sheet = Image.new("RGB", size, PAPER)
    for at, (panel, image, legend) in enumerate(zip(panels, images, legends, strict=True)):
        left = _GAP + at % columns * (width + _GAP)
        top = _GAP + at // columns * (tall + _GAP)
        _draw_panel(sheet, panel, image, (left, top, width, height))
        _draw_legend(sheet, legend, (left, top + _HEAD + height + _FOOT))
    file = io.BytesIO()
    sheet.quantize(_COLORS).save(file, "PNG")
    return file.getvalue()


def _draw_panel(
    sheet: Image.Image,
    panel: PanelPicture,
    image: Image.Image | None,
    place: tuple[int, int, int, int],
) -> None:
    pen = ImageDraw.Draw(sheet)
    left, top, width, height = place
    title = _shortened(pen, panel.title, _TITLE, width)
    pen.text((left + 2, top + _HEAD / 2), title, INK, _font(_TITLE), "lm")
    facts = _shortened(pen, " · ".join(panel.facts), _SMALL, width)
    below = (left + 2, top + _HEAD + height + _FOOT / 2)
    pen.text(below, facts, QUIET, _font(_SMALL), "lm")
    top += _HEAD
    pen.rectangle((left, top, left + width - 1, top + height - 1), SHADE)
    if image is not None:
        inset = ((width - image.width) // 2, (height - image.height) // 2)
        sheet.paste(image, (left + inset[0], top + inset[1]))
        return
    middle = left + width / 2
    _draw_figure(pen, middle, top + 0.14 * height, 0.48 * height)
    write_below(pen, panel.note, (middle, top + 0.7 * height), width - 4 * _GAP)


def _arranged(
    legend: Sequence[tuple[Color, str]], width: float
) -> list[list[tuple[float, Color, str]]]:
    """Return the lines of a legend: of each color how far it is from the left, and its name."""
    lines: list[list[tuple[float, Color, str]]] = []
    end = width
    for color, name in legend:
        long = _SWATCH + 5 + _font(_SMALL).getlength(name)
        if end + long > width or not lines:
            lines.append([])
            end = 2
        lines[-1].append((end, color, name))
        end += long + 12
    return lines


def _draw_legend(
    sheet: Image.Image, lines: list[list[tuple[float, Color, str]]], place: tuple[float, float]
) -> None:
    pen = ImageDraw.Draw(sheet)
    for at, line in enumerate(lines):
        middle = place[1] + _LINE * (at + 0.5)
        for away, color, name in line:
            left, top = place[0] + away, middle - _SWATCH / 2
            box = (left, top, left + _SWATCH, top + _SWATCH)
            pen.rectangle(box, color[:3], outline=_FIGURE)
            pen.text((left + _SWATCH + 5, middle), name, INK, _font(_SMALL), "lm")


def _fitted(image: RgbImage | None, width: int) -> Image.Image | None:
    """Scale an image to a width; a tall one to the height of a square."""
    if image is None:
        return None
    whole = Image.fromarray(image)
    scale = width / max(whole.size)
    size = (max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
    return whole.resize(size, Image.Resampling.HAMMING)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _shortened(pen: ImageDraw.ImageDraw, text: str, size: int, width: float) -> str:
    """Return a text that fits into a width; what is too long ends in dots."""
    font, said = _font(size), text
    while text and pen.textlength(said, font) > width:
        text = text[:-1]
        said = f"{text.rstrip()}…"
    return said


def write_below(
    pen: ImageDraw.ImageDraw, text: str, place: tuple[float, float], width: float
) -> None:
    """Write lines, from the middle of the first."""
    font, lines = _font(_SMALL), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    for at, line in enumerate(lines):
        pen.text((place[0], place[1] + 1.5 * _SMALL * at), line, QUIET, font, "mm")


def _draw_figure(pen: ImageDraw.ImageDraw, middle: float, top: float, height: float) -> None:
    """Draw a head and shoulders."""
    head = 0.22 * height
    pen.ellipse((middle - head, top, middle + head, top + 2 * head), _FIGURE)
    shoulders, below = 0.42 * height, top + height
    top += 2.3 * head
    pen.pieslice((middle - shoulders, top, middle + shoulders, 2 * below - top), 180, 360, _FIGURE)
