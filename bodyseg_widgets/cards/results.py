"""The cards of frames, results and snapshots."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import caption, figure, image, tiles, whole
from bodyseg_widgets.cards.images import (
    ImageFile,
    colors_of_result,
    overlaid,
    photograph,
    sheet,
    smaller,
)
from bodyseg_widgets.cards.masks import THRESHOLD
from bodyseg_widgets.cards.words import count, milliseconds, pixels, share
from bodyseg_widgets.evaluation import coverage
from bodyseg_widgets.segmentation import Segmentation
from bodyseg_widgets.shown import Card
from bodyseg_widgets.streaming import Frame, Result, Snapshot, Timings

if TYPE_CHECKING:
    from bodyseg_widgets.cards.html import Html
    from bodyseg_widgets.images import RgbImage

__all__: list[str] = []

_SAID: Final = {
    "mask": "the mask in teal",
    "parts": "each class in a color of its own",
    "people": "each person in a color of their own",
}
_STAYED = "the image has stayed in the browser"
_GREY: Final = np.uint8(96)
"""Below a mask without its image: teal is seen on it, and skeletons are."""
_TILE = 232
"""Largest width and height of a snapshot's images, in pixels: two beside each other."""


@card_of.register(Frame)
def _(frame: Frame) -> Card:
    """Show its image, or that it is in the browser."""
    paused = [] if frame.live else ["shown again while paused"]
    facts = (pixels(_size(frame)), *paused)
    if not frame.has_image:
        return Card(whole(caption(f"Frame {frame.id}", *facts, _STAYED)))
    text = caption(f"Frame {frame.id}", *facts)
    return _with_image(photograph(_small(frame.image)), text, f"Frame {frame.id}")


@card_of.register(Result)
def _(result: Result) -> Card:
    """Show the frame, or grey in its place, with mask and skeletons, and where the time went."""
    frame = result.frame
    grey = np.broadcast_to(_GREY, (*_size(frame), 3))
    below = frame.image if frame.has_image else grey
    drawn = overlaid(below, result.segmentation, result.poses, threshold=THRESHOLD)
    stayed = [] if frame.has_image else [_STAYED]
    people = [count(len(result.poses), "pose", "poses")] if result.poses else []
    covered = coverage(result.mask, THRESHOLD)
    text = caption(
        result.model or "Result",
        f"frame {result.frame.id}",
        pixels(_size(frame)),
        f"coverage {share(covered)} at threshold {THRESHOLD}",
        *people,
        *stayed,
        more=_durations(result.timings),
    )
    said = _SAID[colors_of_result(result.segmentation, result.poses)]
    return _with_image(photograph(drawn), text, f"Frame {result.frame.id}, {said}")


@card_of.register(Snapshot)
def _(snapshot: Snapshot) -> Card:
    """Show the image alone, and with each panel's mask and skeletons."""
    height, width = snapshot.picture.shape[:2]
    images = [_small(snapshot.picture, _TILE)]
    texts = [caption(f"Frame {snapshot.frame_id}", pixels((height, width)))]
    for label in snapshot.labels:
        mask, threshold = snapshot.mask(label), snapshot.threshold(label)
        poses = snapshot.poses(label)
        segmentation = Segmentation(mask, snapshot.results[label].labels)
        images.append(
            overlaid(snapshot.picture, segmentation, poses, threshold=threshold, largest=_TILE)
        )
        people = [count(len(poses), "pose", "poses")] if poses else []
        infer = snapshot.results[label].timings.infer
        took = [] if math.isnan(infer) else [f"infer {milliseconds(infer)}"]
        facts = [f"threshold {threshold:g}", f"coverage {share(coverage(mask, threshold))}"]
        texts.append(caption(label, more=[*facts, *people, *took]))
    figures = [
        figure(image(photograph(tile), alt), text=text, widest=_TILE)
        for tile, text, alt in zip(images, texts, ["The frame", *snapshot.labels], strict=True)
    ]
    together = photograph(sheet(images))
    return Card(whole(tiles(figures)), {together.kind: together.data})


def _with_image(file: ImageFile, text: Html, alt: str) -> Card:
    return Card(whole(figure(image(file, alt), text=text)), {file.kind: file.data})


def _size(frame: Frame) -> tuple[int, int]:
    width, height = frame.size
    return height, width


def _small(rgb: RgbImage, largest: int | None = None) -> RgbImage:
    whole_image = Image.fromarray(rgb)
    return np.asarray(smaller(whole_image) if largest is None else smaller(whole_image, largest))


def _durations(timings: Timings) -> list[str]:
    """Return the stages that were measured, and their sum if all were."""
    stages = {
        name: duration for name, duration in asdict(timings).items() if not math.isnan(duration)
    }
    told = [f"{name} {milliseconds(duration)}" for name, duration in stages.items()]
    total = [] if math.isnan(timings.total) else [f"total {milliseconds(timings.total)}"]
    return told + total
