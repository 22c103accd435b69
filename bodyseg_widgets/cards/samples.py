"""The card of recorded movement."""

from __future__ import annotations

import numpy as np
from PIL import Image

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import caption, figure, image, tiles, whole
from bodyseg_widgets.cards.images import photograph, sheet, smaller
from bodyseg_widgets.cards.words import count
from bodyseg_widgets.shown import Card
from bodyseg_widgets.streaming.samples import Movement

__all__: list[str] = []

_FRAMES = 4
_TILE = 174
"""Largest width and height of its frames, in pixels: two beside each other."""


@card_of.register(Movement)
def _(movement: Movement) -> Card:
    """Show a few of its frames, from the first to the last."""
    indices = np.linspace(0, movement.length - 1, _FRAMES).round().astype(int).tolist()
    frames = [movement.frame_at(index) for index in indices]
    images = [np.asarray(smaller(Image.fromarray(each.image), _TILE)) for each in frames]
    figures = [
        figure(
            image(photograph(shown), f"Frame {frame.index}"),
            text=caption(f"Frame {frame.index}", f"{frame.time:.1f} s"),
            widest=_TILE,
        )
        for shown, frame in zip(images, frames, strict=True)
    ]
    people = count(len(movement.poses[0].poses), "person", "people")
    text = caption(movement.label, f"{movement.length / movement.rate:.1f} s", people)
    together = photograph(sheet(images))
    return Card(whole(text, tiles(figures)), {together.kind: together.data})
