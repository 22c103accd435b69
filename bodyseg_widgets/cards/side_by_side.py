"""The card of images next to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import caption, figure, image, rows, whole
from bodyseg_widgets.cards.images import LARGEST, photograph, sheet
from bodyseg_widgets.rendering.side_by_side import SideBySide
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from bodyseg_widgets.cards.html import Html
    from bodyseg_widgets.images import RgbImage

__all__: list[str] = []

_ROW = 960
"""Largest width of a row, in pixels."""
_GAP = 12


@card_of.register(SideBySide)
def _(shown: SideBySide) -> Card:
    """Show the images in rows, each with its caption."""
    width = min(LARGEST, (_ROW + _GAP) // shown.columns - _GAP)
    tiles = [_as_wide_as(width, each) for each in shown.images]
    figures = [
        _captioned(tile, text or f"Image {number}", text, width)
        for number, (tile, text) in enumerate(zip(tiles, shown.captions, strict=True), start=1)
    ]
    together = photograph(sheet(tiles, columns=shown.columns))
    return Card(whole(rows(figures, shown.columns, widest=width)), {together.kind: together.data})


def _captioned(tile: RgbImage, alt: str, text: str, width: int) -> Html:
    seen = image(photograph(tile), alt)
    return figure(seen, text=caption(text), widest=width) if text else seen


def _as_wide_as(width: int, rgb: RgbImage) -> RgbImage:
    """Return an image at a width, and no higher than a card's images may be."""
    scale = min(width / rgb.shape[1], LARGEST / rgb.shape[0])
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    way = Image.Resampling.HAMMING if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(rgb).resize(size, way))
