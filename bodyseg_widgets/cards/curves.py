"""The cards of sweeps and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.charts import PIXEL_RATIO, curves
from bodyseg_widgets.cards.html import image, whole
from bodyseg_widgets.cards.images import drawing
from bodyseg_widgets.evaluation import Profiles, Sweeps
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.cards.charts import Curve

__all__: list[str] = []


@card_of.register(Sweeps)
def _(sweeps: Sweeps) -> Card:
    """Show the agreement if there is a reference, otherwise the coverage, without threshold 0."""
    agreements = {
        name: (each.thresholds[1:], each.iou[1:])
        for name, each in sweeps.items()
        if each.iou is not None
    }
    if len(agreements) == len(sweeps):
        return _chart(agreements, "intersection over union", "threshold")
    coverages = {name: (each.thresholds[1:], each.coverage[1:]) for name, each in sweeps.items()}
    return _chart(coverages, "coverage", "threshold")


@card_of.register(Profiles)
def _(profiles: Profiles) -> Card:
    """Show the probability along the line."""
    return _chart(profiles, "probability", "pixels from the start of the line")


def _chart(shown: Mapping[str, Curve], title: str, x_title: str) -> Card:
    file = drawing(curves(shown, title=title, x_title=x_title), pixel_ratio=PIXEL_RATIO)
    alt = f"Chart: {title} by {x_title}, of {', '.join(shown)}"
    return Card(whole(image(file, alt)), {file.kind: file.data})
