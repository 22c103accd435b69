"""What came of measuring models: tables, curves, comparisons and the worst images."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bodyseg_widgets.arguments import check_choice, in_short, listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import Interval, calibration, mean_interval
from bodyseg_widgets.measuring import charts
from bodyseg_widgets.measuring.gallery import Gallery, gallery_image
from bodyseg_widgets.measuring.scores import SHARES, TOLERANCES, share_of_image
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming.live_models import choose_like
from bodyseg_widgets.tables import import_pandas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from bodyseg_widgets.measuring.cases import Case
    from bodyseg_widgets.measuring.datasets import Dataset
    from bodyseg_widgets.measuring.scores import CaseScores, ImageScore, Sums
    from bodyseg_widgets.streaming.live_models import Choice, ModelLike

__all__ = ["METRICS", "Comparison", "Evaluation", "Failure", "Tally"]

METRICS: Final = (
    "iou",
    *(f"boundary_{tolerance:.0f}px" for tolerance in TOLERANCES),
    "precision",
    "recall",
    "calibration_error",
    "flicker",
    "motion_change",
)
"""What each mask is measured by."""
_OF_VIDEOS: Final = ("flicker", "motion_change")
_LOW_IS_GOOD: Final = ("calibration_error", *_OF_VIDEOS)


@dataclass(frozen=True, slots=True)
class Failure:
    """An image or video, or of a benchmark a model, that could not be measured.

    Attributes
    ----------
    index : int
        Its number in the dataset, or among the models, from 0.
    name : str
        What it is called.
    reason : str
        Why.
    """

    index: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two models differ on the same images.

    Attributes
    ----------
    a, b : str
        The models.
    metric : str
        One of `METRICS`.
    difference : Interval
        Mean of `a` minus that of `b`, with its confidence interval: the models differ where that
        does not contain 0.
    a_better, b_better : float
        Shares of the images on which one is better, 0 to 1; the rest is alike.
    """

    a: str
    b: str
    metric: str
    difference: Interval
    a_better: float
    b_better: float

    def __str__(self) -> str:
        """Say it in a sentence."""
        off = self.difference
        return (
            f"{self.metric}: {self.a} minus {self.b} is {off.mean:+.3f} [{off.low:+.3f}, "
            f"{off.high:+.3f}] on {off.count} images; better on {self.a_better:.0%}, worse on "
            f"{self.b_better:.0%}"
        )


class Tally:
    """Collects scores as they come, in any order."""

    def __init__(self) -> None:
        self.images: dict[int, list[ImageScore]] = {}
        self.sums: dict[tuple[int, str, str], Sums] = {}

    def add(self, index: int, case: Case, scores: CaseScores) -> None:
        """Take the scores of one case, the one with this number."""
        self.images[index] = scores.images
        for (model, share), sums in scores.sums.items():
            key = model, case.domain, share
            self.sums[key] = self.sums[key] + sums if key in self.sums else sums


class Evaluation(Shown):
    """How good models are on a dataset; `evaluate` makes it.

    Tables are pandas DataFrames, made when they are asked for. Intervals are those of
    `mean_interval`: 95 %, by bootstrap, with the frames of a video resampled together.

    Parameters
    ----------
    dataset : Dataset
        What was measured on.
    choices : sequence of Choice
        The models.
    thresholds : sequence of float
        That of each model.
    tally : Tally
        The scores.
    failed : list of Failure
        What could not be measured.
    max_poses : int
        How many people pose detectors looked for.

    Attributes
    ----------
    failed : list of Failure
        Images and videos that could not be measured, in order, with the reason.
    """

    def __init__(
        self,
        dataset: Dataset,
        choices: Sequence[Choice],
        thresholds: Sequence[float],
        tally: Tally,
        failed: list[Failure],
        *,
        max_poses: int,
    ) -> None:
        self._dataset = dataset
        self._choices = tuple(choices)
        self._thresholds = tuple(thresholds)
        self._images = dict(sorted(tally.images.items()))
        self._sums = tally.sums
        self._max_poses = max_poses
        self.failed = failed

    def __repr__(self) -> str:
        """Show what was measured, not the numbers."""
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return (
            f"Evaluation({self._dataset.label!r}, {self.count} images, "
            f"models={[*self.models]}{failed})"
        )

    @property
    def label(self) -> str:
        """What the dataset is called."""
        return self._dataset.label

    @property
    def models(self) -> tuple[str, ...]:
        """The labels of the models."""
        return tuple(each.label for each in self._choices)

    @property
    def thresholds(self) -> dict[str, float]:
        """The threshold of each model, 0 to 1."""
        return dict(zip(self.models, self._thresholds, strict=True))

    @property
    def domains(self) -> list[str]:
        """The domains, in the order of the dataset."""
        return [*dict.fromkeys(self._dataset.cases[index].domain for index in self._images)]

    @property
    def count(self) -> int:
        """How many images were measured, each frame of a video included."""
        return sum(len(scores) for scores in self._images.values()) // len(self._choices)

    @property
    def images(self) -> pd.DataFrame:
        """The scores of each image and model: a row each, with the columns of `METRICS`.

        ``share`` is how much of the image people cover in reference, 0 to 1.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self._frame(self._image_rows())

    @property
    def summary(self) -> pd.DataFrame:
        """The means of each model over all images; see `by_domain`."""
        return self._frame(self.records())

    @property
    def by_domain(self) -> pd.DataFrame:
        """The means of each model in each domain.

        ``iou_low`` and ``iou_high`` are the confidence interval of the IoU. ``calibration_error``
        is that of all pixels together. ``best_threshold`` is the one with the highest mean IoU,
        which is ``best_iou``.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self._frame(self.records("domain"))

    @property
    def by_share(self) -> pd.DataFrame:
        """The means of each model by how much of the image people cover; see `by_domain`."""
        return self._frame(self.records("share"))

    @property
    def by_class(self) -> pd.DataFrame:
        """The IoU of each class that a model and the reference have, over the pixels of all images.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self._frame(self.class_records(), ["model", "class", "images", "iou"])

    def records(self, by: str = "") -> list[dict[str, Any]]:
        """Return the rows of `summary`, `by_domain` or `by_share`, without pandas.

        Parameters
        ----------
        by : {'', 'domain', 'share'}
            What to take the means for.

        Raises
        ------
        InvalidOptionError
            It is something else.
        """
        check_choice("by", by, ("", "domain", "share"))
        groups = {"": [""], "domain": self.domains, "share": list(SHARES)}[by]
        rows = []
        for group in groups:
            for number, model in enumerate(self.models):
                row = self._means(number, by, group)
                if row is not None:
                    rows.append({"model": model, **({by: group} if by else {}), **row})
        return rows

    def class_records(self) -> list[dict[str, Any]]:
        """Return the rows of `by_class`, without pandas."""
        pixels: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for scores in self._images.values():
            for score in scores:
                for each in score.classes:
                    total = pixels[score.model, each.label]
                    total[0] += each.both
                    total[1] += each.either
                    total[2] += 1
        return [
            {
                "model": self.models[model],
                "class": label,
                "images": images,
                "iou": both / either if either else 1.0,
            }
            for (model, label), (both, either, images) in sorted(pixels.items())
        ]

    @named_arguments
    def interval(
        self,
        metric: str = "iou",
        model: ModelLike | None = None,
        *,
        domain: str | None = None,
        confidence: float = 0.95,
    ) -> Interval:
        """Return the mean of a metric, with its confidence interval.

        Parameters
        ----------
        metric : str
            One of `METRICS`.
        model : str, sequence of str or Choice, optional
            One of those measured. Default: the first.
        domain : str, optional
            One of `domains`. Default: all.
        confidence : float
            How often such an interval contains the true mean, above 0 and below 1.

        Raises
        ------
        InvalidOptionError
            One of them is unknown.
        """
        number = self._number(model)
        values, cases = self._values(number, metric, self._in_domain(domain))
        return mean_interval(values, cases, confidence=confidence)

    @named_arguments
    def compare(
        self,
        a: ModelLike,
        b: ModelLike,
        metric: str = "iou",
        *,
        domain: str | None = None,
        confidence: float = 0.95,
    ) -> Comparison:
        """Compare two models on the same images: a paired comparison.

        Its interval is much narrower than those of two means, because an image that is difficult
        is so for both.

        Parameters
        ----------
        a, b : str, sequence of str or Choice
            Two of the models measured.
        metric : str
            One of `METRICS`.
        domain : str, optional
            One of `domains`. Default: all.
        confidence : float
            How often such an interval contains the true difference, above 0 and below 1.

        Raises
        ------
        InvalidOptionError
            One of them is unknown.
        """
        first, second = self._number(a), self._number(b)
        chosen = self._in_domain(domain)
        of_a, cases = self._values(first, metric, chosen)
        of_b, _ = self._values(second, metric, chosen)
        off = np.asarray(of_a) - np.asarray(of_b)
        known = off[~np.isnan(off)]
        better = -known if metric in _LOW_IS_GOOD else known
        return Comparison(
            self.models[first],
            self.models[second],
            metric,
            mean_interval(off, cases, confidence=confidence),
            float(np.mean(better > 0)) if known.size else math.nan,
            float(np.mean(better < 0)) if known.size else math.nan,
        )

    @named_arguments
    def reliability(
        self, model: ModelLike | None = None, *, domain: str | None = None, bins: int = 10
    ) -> pd.DataFrame:
        """Return a model's reliability curve over the pixels of all images.

        Parameters
        ----------
        model : str, sequence of str or Choice, optional
            One of those measured. Default: the first.
        domain : str, optional
            One of `domains`. Default: all.
        bins : int
            See `calibration`.

        Returns
        -------
        pandas.DataFrame
            Of each bin the mean ``probability``, the ``share`` of its pixels that are a person, and
            how many ``pixels`` it has.

        Raises
        ------
        InvalidOptionError
            One of them is unknown.
        MissingDependencyError
            pandas is not installed.
        """
        curve = calibration(self._sum(self._number(model), domain).counts, bins)
        return self._frame(
            {"probability": curve.probability, "share": curve.share, "pixels": curve.pixels}
        )

    @named_arguments
    def iou_by_threshold(
        self, model: ModelLike | None = None, *, domain: str | None = None
    ) -> pd.DataFrame:
        """Return the mean IoU of a model at each ``threshold`` from 0 to 1, in steps of 1/255.

        Parameters
        ----------
        model : str, sequence of str or Choice, optional
            One of those measured. Default: the first.
        domain : str, optional
            One of `domains`. Default: all.

        Raises
        ------
        InvalidOptionError
            One of them is unknown.
        MissingDependencyError
            pandas is not installed.
        """
        ious = self._sum(self._number(model), domain).mean_ious()
        return self._frame({"threshold": _thresholds(), "iou": ious})

    @named_arguments
    def worst(self, count: int = 6, model: ModelLike | None = None) -> Gallery:
        """Show the images with the lowest IoU: image, reference, prediction and difference.

        They are read again, and the model runs on them again: no image was kept.

        Parameters
        ----------
        count : int
            How many, at least 1.
        model : str, sequence of str or Choice, optional
            One of those measured. Default: the first.

        Raises
        ------
        InvalidOptionError
            The model is unknown, or `count` is not a number of at least 1.
        BodySegError
            An image is no longer there.
        """
        given: object = count
        if isinstance(given, bool) or not isinstance(given, int) or count < 1:
            raise InvalidOptionError(f"count must be at least 1, but got {in_short(count)}. Try 6.")
        number = self._number(model)
        scores = sorted(
            (score.iou, index, score.frame)
            for index, scores in self._images.items()
            for score in scores
            if score.model == number
        )
        choice, threshold = self._choices[number], self._thresholds[number]
        return Gallery(
            choice.label,
            [
                gallery_image(
                    self._dataset.cases[index],
                    frame,
                    choice,
                    threshold=threshold,
                    iou=iou,
                    max_poses=self._max_poses,
                )
                for iou, index, frame in scores[:count]
            ],
        )

    @named_arguments
    def plot_table(self, by: str = "domain") -> go.Figure:
        """Return the means as a plotly table: a row for each group, the models side by side.

        Parameters
        ----------
        by : {'domain', 'share'}
            What the rows are.

        Raises
        ------
        InvalidOptionError
            It is something else.
        MissingDependencyError
            plotly is not installed.
        """
        return charts.table(self.records(str(check_choice("by", by, ("domain", "share")))), by)

    @named_arguments
    def plot_heatmap(self, metric: str = "iou", by: str = "domain") -> go.Figure:
        """Return a plotly heatmap of the means, models against groups.

        Parameters
        ----------
        metric : str
            One of `METRICS`.
        by : {'domain', 'share'}
            What the columns are.

        Raises
        ------
        InvalidOptionError
            One of them is something else.
        MissingDependencyError
            plotly is not installed.
        """
        check_choice("metric", metric, METRICS)
        rows = self.records(str(check_choice("by", by, ("domain", "share"))))
        return charts.heatmap(rows, metric, by, low_is_good=metric in _LOW_IS_GOOD)

    @named_arguments
    def plot_reliability(self, *, domain: str | None = None, bins: int = 10) -> go.Figure:
        """Return the reliability curves of all models as a plotly figure.

        Parameters
        ----------
        domain : str, optional
            One of `domains`. Default: all.
        bins : int
            See `calibration`.

        Raises
        ------
        InvalidOptionError
            One of them is unknown.
        MissingDependencyError
            plotly is not installed.
        """
        curves = {
            model: calibration(self._sum(number, domain).counts, bins)
            for number, model in enumerate(self.models)
        }
        return charts.reliability(curves)

    @named_arguments
    def plot_thresholds(self, *, domain: str | None = None) -> go.Figure:
        """Return the mean IoU of all models by threshold as a plotly figure.

        Parameters
        ----------
        domain : str, optional
            One of `domains`. Default: all.

        Raises
        ------
        InvalidOptionError
            It is unknown.
        MissingDependencyError
            plotly is not installed.
        """
        ious = {
            model: self._sum(number, domain).mean_ious() for number, model in enumerate(self.models)
        }
        return charts.thresholds(_thresholds(), ious)

    def _number(self, model: ModelLike | None) -> int:
        if model is None:
            return 0
        label = choose_like(model).label if model not in self.models else str(model)
        if label not in self.models:
            raise InvalidOptionError(
                f"{label} was not measured here. Choose one of {listed(self.models)}."
            )
        return self.models.index(label)

    def _in_domain(self, domain: str | None) -> Callable[[Case, ImageScore], bool]:
        if domain is None:
            return lambda case, score: True  # noqa: ARG005
        check_choice("domain", domain, self.domains)
        return lambda case, score: case.domain == domain  # noqa: ARG005

    def _sum(self, number: int, domain: str | None) -> Sums:
        if domain is not None:
            check_choice("domain", domain, self.domains)
        return _total(
            sums
            for (model, its_domain, _), sums in self._sums.items()
            if model == number and domain in (None, its_domain)
        )

    def _values(
        self, number: int, metric: str, chosen: Callable[[Case, ImageScore], bool]
    ) -> tuple[list[float], list[int]]:
        """Return the values of a metric, and the number of the case of each."""
        check_choice("metric", metric, METRICS)
        values, cases = [], []
        for index, scores in self._images.items():
            case = self._dataset.cases[index]
            for score in scores:
                if score.model == number and chosen(case, score):
                    values.append(_metrics(score)[metric])
                    cases.append(index)
        return values, cases

    def _means(self, number: int, by: str, group: str) -> dict[str, Any] | None:
        def chosen(case: Case, score: ImageScore) -> bool:
            if by == "share":
                return share_of_image(score.share) == group
            return by == "" or case.domain == group

        values, cases = self._values(number, "iou", chosen)
        if not values:
            return None
        sums = _total(
            each
            for (model, domain, share), each in self._sums.items()
            if model == number and group in {"": ("",), "domain": (domain,), "share": (share,)}[by]
        )
        iou = mean_interval(values, cases)
        means: dict[str, Any] = {"images": len(values), "iou": iou.mean}
        means |= {"iou_low": iou.low, "iou_high": iou.high}
        for metric in METRICS[1:]:
            if metric not in _OF_VIDEOS or self._has_videos():
                means[metric] = _mean(self._values(number, metric, chosen)[0])
        means["calibration_error"] = calibration(sums.counts).expected_error
        ious = sums.mean_ious()
        # Threshold 0 takes the whole image.
        best = 1 + int(ious[1:].argmax())
        return means | {"best_threshold": float(_thresholds()[best]), "best_iou": float(ious[best])}

    def _has_videos(self) -> bool:
        return any(len(scores) > len(self._choices) for scores in self._images.values())

    def _image_rows(self) -> list[dict[str, Any]]:
        kept = METRICS if self._has_videos() else METRICS[: -len(_OF_VIDEOS)]
        rows = []
        for index, scores in self._images.items():
            case = self._dataset.cases[index]
            for score in scores:
                metrics = _metrics(score)
                rows.append(
                    {
                        "image": case.name,
                        "frame": score.frame,
                        "domain": case.domain,
                        "model": self.models[score.model],
                        "share": score.share,
                        **{name: metrics[name] for name in kept},
                    }
                )
        return rows

    def _frame(self, rows: Any, columns: Sequence[str] | None = None) -> pd.DataFrame:  # noqa: ANN401
        pandas = import_pandas("A table of an evaluation")
        return pandas.DataFrame(rows, columns=columns)


def _metrics(score: ImageScore) -> dict[str, float]:
    values = (
        score.iou,
        *score.boundary,
        score.precision,
        score.recall,
        score.calibration_error,
        score.flicker,
        score.motion_change,
    )
    return dict(zip(METRICS, values, strict=True))


def _total(sums: Iterable[Sums]) -> Sums:
    return reduce(add, sums)


def _mean(values: Sequence[float]) -> float:
    known = [each for each in values if not math.isnan(each)]
    # Rounded once, so that it does not depend on the order.
    return math.fsum(known) / len(known) if known else math.nan


def _thresholds() -> NDArray[np.float64]:
    return np.arange(256) / 255
