"""The cards of masks and segmentations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import Html, caption, figure, image, swatch, table, whole
from bodyseg_widgets.cards.images import colors_of_labels, drawing, heat, matte, ramp
from bodyseg_widgets.cards.words import pixels, share
from bodyseg_widgets.evaluation import coverage, is_person
from bodyseg_widgets.segmentation import PERSON_MASK_VALUE, Mask, Segmentation
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from bodyseg_widgets.rendering import Color

__all__: list[str] = []

THRESHOLD = 0.5
"""Where cards draw the line between person and background, unless someone has chosen another."""


@card_of.register(Mask)
def _(mask: Mask) -> Card:
    """Show the probability in the colors of the heatmap, with a scale."""
    file = drawing(heat(mask))
    covered = f"coverage {share(coverage(mask, THRESHOLD))} at threshold {THRESHOLD}"
    text = caption("Mask", pixels(mask.size), covered, more=_origin(mask))
    seen = image(file, f"Heatmap of the probability of a person, {pixels(mask.size)}")
    return Card(whole(figure(seen, _scale(), text=text)), {file.kind: file.data})


@card_of.register(Segmentation)
def _(segmentation: Segmentation) -> Card:
    """Show the mask over nothing, and what its labels mean."""
    mask = segmentation.mask
    file = drawing(matte(segmentation))
    text = caption("Segmentation", pixels(mask.size), more=_origin(mask))
    seen = image(file, f"The mask in the colors of its labels, {pixels(mask.size)}")
    return Card(whole(figure(seen, text=text), _labels(segmentation)), {file.kind: file.data})


def _origin(mask: Mask) -> list[str]:
    told = [f"computed at {pixels(mask.model_size)}"]
    region = mask.region
    if region.size != mask.size:
        told.append(f"of the region {pixels(region.size)} at ({region.left}, {region.top})")
    return told


def _scale() -> Html:
    """Return the heatmap's colors from 0 to 1."""
    colors = image(drawing(ramp()), "from black through purple and orange to light yellow")
    colors = Html(colors.replace('height="1"', 'height="8"').replace("height:auto", "height:8px"))
    return Html(
        '<div style="display:flex;align-items:center;gap:6px;margin-top:6px">'
        f"<span>0</span>{colors}<span>1</span></div>"
    )


def _labels(segmentation: Segmentation) -> Html:
    """Return a table of the labels, and how much of the image shows each."""
    person = is_person(segmentation.mask, THRESHOLD)
    values = segmentation.mask.values
    if values is None:
        shares = {PERSON_MASK_VALUE: float(person.mean())}
    else:
        found, counts = np.unique(values[person], return_counts=True)
        shares = {
            int(value): int(count) / person.size for value, count in zip(found, counts, strict=True)
        }
    color_of = colors_of_labels(segmentation)
    rows = [
        (
            swatch(_css(color_of(value)), segmentation.mask_value_to_label(value)),
            str(value),
            share(part),
        )
        for value, part in shares.items()
    ]
    return table(("label", "value", f"coverage at threshold {THRESHOLD}"), rows)


def _css(color: Color) -> str:
    return color.hex if color.a else "transparent"
