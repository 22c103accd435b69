"""The cards of evaluations: their means as a table, and the worst images as a gallery."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.differences import AGREEMENT_COLORS, draw_agreement
from bodyseg_widgets.cards.html import (
    Html,
    caption,
    figure,
    folded,
    image,
    rows,
    swatch,
    table,
    whole,
)
from bodyseg_widgets.cards.images import photograph, sheet, smaller
from bodyseg_widgets.cards.words import count
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.measuring import Evaluation, Gallery
from bodyseg_widgets.rendering import Color
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.measuring import GalleryImage

__all__: list[str] = []

_COLUMNS: Final = ("image", "reference", "prediction", "difference")
_WIDTH: Final = 200
"""Of each image of the gallery, in pixels."""
_OPACITY: Final = 0.75
_NO_NUMBER: Final = "–"
_HEAD: Final = (
    "model",
    "IoU",
    "95 % interval",
    "boundary 2 px",
    "5 px",
    "precision",
    "recall",
    "calibration error",
    "best threshold",
)


@card_of.register(Evaluation)
def _(evaluation: Evaluation) -> Card:
    """Show the means of each model over all images, and in each domain."""
    parts = [count(evaluation.count, "image", "images")]
    if len(evaluation.domains) > 1:
        parts.append(count(len(evaluation.domains), "domain", "domains"))
    if evaluation.failed:
        parts.append(f"{len(evaluation.failed)} could not be measured")
    head = Html(f"<p>{caption(evaluation.label, *parts)}</p>")
    blocks = [head, _means(evaluation)]
    if len(evaluation.domains) > 1:
        blocks.append(_grouped(evaluation, "domain"))
    blocks.append(folded("IoU by the person's share of the image", _grouped(evaluation, "share")))
    if evaluation.failed:
        listed = [(each.name, each.reason) for each in evaluation.failed]
        blocks.append(
            folded("what could not be measured", table(("name", "why"), listed, numbers=False))
        )
    return Card(whole(*blocks))


def _means(evaluation: Evaluation) -> Html:
    cells = [(row["model"], *_numbers(row)) for row in evaluation.records()]
    return table(_HEAD, cells)


def _grouped(evaluation: Evaluation, by: str) -> Html:
    """Return the IoU of each model in each group, as upstream's tables have it."""
    records = evaluation.records(by)
    cells = {(row[by], row["model"]): row for row in records}
    groups = dict.fromkeys(row[by] for row in records)
    lines = []
    for group in groups:
        rows_of = [cells[group, model] for model in evaluation.models]
        ious = [f"{_number(row['iou'])} ({_interval(row)})" for row in rows_of]
        lines.append((group or _NO_NUMBER, str(rows_of[0]["images"]), *ious))
    return table((by, "images", *evaluation.models), lines)


def _interval(row: Mapping[str, Any]) -> str:
    low, high = row["iou_low"], row["iou_high"]
    return _NO_NUMBER if math.isnan(low) else f"{low:.3f} to {high:.3f}"


def _numbers(row: Mapping[str, Any]) -> list[str]:
    metrics = ("boundary_2px", "boundary_5px", "precision", "recall", "calibration_error")
    return [
        _number(row["iou"]),
        _interval(row),
        *(_number(row[each]) for each in metrics),
        f"{row['best_threshold']:.2f}",
    ]


def _number(value: float) -> str:
    return _NO_NUMBER if math.isnan(value) else f"{value:.3f}"


@card_of.register(Gallery)
def _(gallery: Gallery) -> Card:
    """Show each image with its reference, the prediction and the difference."""
    figures, tiles = [], []
    for shown in gallery.images:
        images = [_small(each) for each in _four(shown)]
        tiles += images
        for kind, tile in zip(_COLUMNS, images, strict=True):
            file = photograph(tile)
            alt = f"{kind} of {shown.name}"
            text = _caption(shown) if kind == _COLUMNS[0] else caption(kind)
            figures.append(figure(image(file, alt), text=text, widest=_WIDTH))
    title = Html(f"<p>{caption(gallery.model, 'lowest IoU first')}<br>{_legend()}</p>")
    together = photograph(sheet(tiles, columns=len(_COLUMNS)))
    return Card(
        whole(title, rows(figures, len(_COLUMNS), widest=_WIDTH)), {together.kind: together.data}
    )


def _caption(shown: GalleryImage) -> Html:
    parts = [f"IoU {shown.iou:.3f}", *([shown.domain] if shown.domain else [])]
    return caption(shown.name.rpartition("/")[2], *parts)


def _legend() -> Html:
    both, missed, wrong = (Color(*AGREEMENT_COLORS[each]).hex for each in ("both", "a", "b"))
    spaced = "&emsp;".join(
        (swatch(both, "found"), swatch(missed, "missed"), swatch(wrong, "found by mistake"))
    )
    return Html(spaced)


def _four(shown: GalleryImage) -> tuple[RgbImage, RgbImage, RgbImage, RgbImage]:
    found = is_person(shown.mask, shown.threshold)
    difference = draw_agreement(
        shown.image, shown.person, found, thresholds=(0.5, 0.5), opacity=_OPACITY
    )
    return shown.image, _drawn(shown.person), _drawn(found), difference


def _drawn(person: NDArray[np.bool_]) -> RgbImage:
    return np.repeat((person * np.uint8(MAX_LEVEL))[..., None], 3, axis=2)


def _small(rgb: RgbImage) -> RgbImage:
    return np.asarray(smaller(Image.fromarray(rgb), _WIDTH))
