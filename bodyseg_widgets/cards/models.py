"""The cards of segmenters and detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import caption, table, whole
from bodyseg_widgets.pose.blazepose import BlazePoseDetector
from bodyseg_widgets.segmentation.bodypix import BodyPixSegmenter
from bodyseg_widgets.segmentation.custom.segmenter import CustomSegmenter
from bodyseg_widgets.segmentation.selfie import SelfieSegmenter
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from bodyseg_widgets.options import CreatedModel

__all__: list[str] = []


@card_of.register(BodyPixSegmenter)
@card_of.register(SelfieSegmenter)
def _(segmenter: BodyPixSegmenter | SelfieSegmenter) -> Card:
    return _settings("Segmenter", segmenter)


@card_of.register(CustomSegmenter)
def _(segmenter: CustomSegmenter) -> Card:
    return _settings("Segmenter", segmenter)


@card_of.register(BlazePoseDetector)
def _(detector: BlazePoseDetector) -> Card:
    return _settings("Detector", detector)


def _settings(title: str, created: CreatedModel) -> Card:
    """Show the arguments it was created with."""
    rows = [
        (name, "default" if value is None else str(value))
        for name, value in created.settings.items()
    ]
    state = ["disposed: create a new one"] if created.disposed else []
    return Card(whole(caption(title, *state), table((), rows, numbers=False)))
