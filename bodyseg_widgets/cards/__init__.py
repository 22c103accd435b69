"""Cards: what notebooks show of masks, poses, results and models.

A card is HTML that needs nothing else: no scripts, no style sheets, images as ``data:`` URLs. So it
looks the same in JupyterLab, in a saved notebook on nbviewer or GitHub, and in a page made by
nbconvert. Text has the color of its surroundings, and styles are few, because some viewers remove
them: without styles, a card is an image, a line of text and a table below each other. An image file
comes along for documents without HTML, such as a PDF.

Images are at most 360 pixels wide and high: photographs as JPEG, which takes a sixth of PNG's
bytes, drawings and masks as PNG. `bodyseg_widgets.shown` says how objects find their cards.

==================  ==================================================
:mod:`.images`      pixels: what the image of a card shows
:mod:`.charts`      pixels: curves
:mod:`.html`        text: captions, tables, folded parts
:mod:`.card_of`     which function makes the card of which class
:mod:`.masks`, ...  these functions, by subject
==================  ==================================================

Examples
--------
>>> import numpy as np
>>> from bodyseg_widgets import Mask
>>> from bodyseg_widgets.cards import card_of
>>> card = card_of(Mask.from_levels(np.full((8, 8), 255, np.uint8), size=(8, 8)))
>>> "coverage 100.0%" in card.html, [*card.images]
(True, ['image/png'])
"""

from bodyseg_widgets.cards import (
    benchmark,
    curves,
    evaluation,
    masks,
    models,
    poses,
    results,
    samples,
    side_by_side,
)
from bodyseg_widgets.cards.card_of import card_of

__all__ = [
    "benchmark",
    "card_of",
    "curves",
    "evaluation",
    "masks",
    "models",
    "poses",
    "results",
    "samples",
    "side_by_side",
]
