"""Run models on one case, and compare their masks with its reference: what other processes do."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.evaluation import (
    LevelCounts,
    boundary_f_scores,
    calibration,
    change_along_motion,
    count_levels,
    flicker,
    is_person,
    motion,
    still_pixels,
)
from bodyseg_widgets.streaming.kept_models import KEPT_MODELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.measuring.cases import Case, LabelledFrame
    from bodyseg_widgets.segmentation import Segmentation
    from bodyseg_widgets.streaming.live_models import PortableModel

__all__ = [
    "SHARES",
    "TOLERANCES",
    "CaseScores",
    "ClassScore",
    "ImageScore",
    "Measure",
    "Sums",
    "share_of_image",
]

TOLERANCES: Final = (2.0, 5.0)
"""Of the boundary F-score, in pixels."""

SHARES: Final = ("no one", "under 5 %", "5 to 15 %", "15 to 30 %", "30 % and more")
_SHARE_STARTS: Final = (0.05, 0.15, 0.30)
"""How much of an image people cover: far away, whole bodies, half bodies, close up."""

_STEP: Final = 2**40
"""IoUs are summed in whole steps, so that a sum does not depend on the order."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How far one class of a model agrees with that of the reference, in one image.

    Attributes
    ----------
    label : str
        The class.
    both, either : int
        Pixels that are of this class in both, or in at least one.
    """

    label: str
    both: int
    either: int


@dataclass(frozen=True, slots=True)
class ImageScore:
    """How good one mask is.

    Attributes
    ----------
    model : int
        Number of the model.
    frame : int
        Number of the frame in its video, from 0.
    share : float
        How much of the image people cover in reference, 0 to 1.
    iou : float
        Intersection over union, 0 to 1.
    boundary : tuple of float
        Boundary F-score for each of `TOLERANCES`, 0 to 1.
    precision, recall : float
        0 to 1, or NaN; see `LevelCounts`.
    calibration_error : float
        Expected calibration error, 0 to 1.
    flicker, motion_change : float
        Since the frame before, 0 to 1; NaN where there is none.
    classes : tuple of ClassScore
        For the classes that model and reference have.
    """

    model: int
    frame: int
    share: float
    iou: float
    boundary: tuple[float, ...]
    precision: float
    recall: float
    calibration_error: float
    flicker: float = math.nan
    motion_change: float = math.nan
    classes: tuple[ClassScore, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What is kept of many masks together, in the same few bytes for any number.

    Attributes
    ----------
    counts : LevelCounts
        The pixels of all.
    ious : numpy.ndarray
        int64 (256,): sums of the IoU at each threshold ``n / 255``, in steps of 2 ** -40.
    images : int
        How many masks.
    """

    counts: LevelCounts
    ious: NDArray[np.int64]
    images: int

    @classmethod
    def of(cls, counts: LevelCounts) -> Sums:
        """Return those of one mask."""
        return cls(counts, np.rint(counts.ious() * _STEP).astype(np.int64), 1)

    def __add__(self, other: Sums) -> Sums:
        """Return those of both."""
        return Sums(self.counts + other.counts, self.ious + other.ious, self.images + other.images)

    def mean_ious(self) -> NDArray[np.float64]:
        """Return the mean IoU at each threshold ``n / 255``: float64 (256,), 0 to 1."""
        return self.ious / (_STEP * self.images)


@dataclass(slots=True)
class CaseScores:
    """What came of one case.

    Attributes
    ----------
    images : list of ImageScore
        One for each frame and model.
    sums : dict
        By model and share of the image.
    """

    images: list[ImageScore] = field(default_factory=list)
    sums: dict[tuple[int, str], Sums] = field(default_factory=dict)


def share_of_image(share: float) -> str:
    """Return which of `SHARES` a share is.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.scores import share_of_image
    >>> share_of_image(0.0), share_of_image(0.05), share_of_image(0.5)
    ('no one', '5 to 15 %', '30 % and more')
    """
    if not share:
        return SHARES[0]
    return SHARES[1 + sum(share >= start for start in _SHARE_STARTS)]


@dataclass(frozen=True, slots=True)
class Measure:
    """Measures one case; can go to another process.

    Attributes
    ----------
    run : str
        The run that it belongs to. In each process and thread, models are loaded once for a run.
    models : tuple of PortableModel
        What to measure.
    thresholds : tuple of float
        For each model: lowest probability that counts as a person, 0 to 1.
    max_poses : int
        How many people a pose detector looks for.
    """

    run: str
    models: tuple[PortableModel, ...]
    thresholds: tuple[float, ...]
    max_poses: int = 1

    def __call__(self, case: Case) -> CaseScores:
        """Measure it.

        Raises
        ------
        BodySegError
            The case cannot be read, or a model fails.
        """
        models = KEPT_MODELS.of_run(self.run, self.models, self.max_poses)
        for model in models:
            model.reset()
        scores = CaseScores()
        before: tuple[RgbImage, list[NDArray[np.bool_]]] | None = None
        for frame in case.frames():
            image = frame.image
            image.flags.writeable = False
            since = None if before is None else _Since.frame(before[0], image)
            people = []
            for number, model in enumerate(models):
                segmentation = model.run(image, frame.time).segmentation
                person = is_person(segmentation.mask, self.thresholds[number])
                score, counts = self._score(number, frame, segmentation, person)
                if before is not None and since is not None:
                    score = since.added_to(score, before[1][number], person)
                scores.images.append(score)
                key = number, share_of_image(score.share)
                sums = Sums.of(counts)
                scores.sums[key] = scores.sums[key] + sums if key in scores.sums else sums
                people.append(person)
            if frame.time is not None:
                before = image, people
        if not scores.images:
            raise SourceError(f"{case.name!r} has no frame with a reference.")
        return scores

    def _score(
        self,
        number: int,
        frame: LabelledFrame,
        segmentation: Segmentation,
        person: NDArray[np.bool_],
    ) -> tuple[ImageScore, LevelCounts]:
        threshold = self.thresholds[number]
        counts = count_levels(segmentation.mask, frame.person)
        score = ImageScore(
            number,
            frame.index,
            counts.people / counts.pixels,
            counts.iou(threshold),
            boundary_f_scores(person, frame.person, TOLERANCES),
            counts.precision(threshold),
            counts.recall(threshold),
            calibration(counts).expected_error,
            classes=tuple(_classes(segmentation, frame)),
        )
        return score, counts


@dataclass(frozen=True, slots=True, eq=False)
class _Since:
    """What happened to the image since the frame before: the same for all models."""

    still: NDArray[np.bool_]
    flow: NDArray[np.float32]

    @classmethod
    def frame(cls, before: RgbImage, image: RgbImage) -> Self:
        return cls(still_pixels(before, image), motion(before, image))

    def added_to(
        self, score: ImageScore, before: NDArray[np.bool_], person: NDArray[np.bool_]
    ) -> ImageScore:
        return replace(
            score,
            flicker=flicker(before, person, self.still),
            motion_change=change_along_motion(before, person, self.flow),
        )


def _classes(segmentation: Segmentation, frame: LabelledFrame) -> Iterator[ClassScore]:
    """Compare the classes that the model and the reference have, by their labels."""
    found = segmentation.mask.values
    if frame.values is None or frame.labels is None or found is None:
        return
    values_of = {label: value for value, label in segmentation.labels.items()}
    for value, label in frame.labels.items():
        if label in values_of:
            wanted, given = frame.values == value, found == values_of[label]
            both = int(np.count_nonzero(wanted & given))
            either = int(np.count_nonzero(wanted | given))
            yield ClassScore(label, both, either)
