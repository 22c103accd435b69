"""Measure models on a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import uuid4

from bodyseg_widgets.arguments import in_short, listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.evaluation import cutoff
from bodyseg_widgets.jobs import check_executor, run_all
from bodyseg_widgets.measuring.chosen import chosen_models
from bodyseg_widgets.measuring.datasets import open_dataset
from bodyseg_widgets.measuring.results import Evaluation, Failure, Tally
from bodyseg_widgets.measuring.scores import Measure
from bodyseg_widgets.options import check_max_poses
from bodyseg_widgets.progress import progress_bar
from bodyseg_widgets.streaming.kept_models import KEPT_MODELS
from bodyseg_widgets.streaming.live_models import PortableModel, choose_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.jobs import ExecutorLike
    from bodyseg_widgets.measuring.datasets import DatasetLike
    from bodyseg_widgets.streaming.live_models import Choice, ModelLike

__all__ = ["evaluate"]


@named_arguments
def evaluate(
    dataset: DatasetLike,
    models: ModelLike | Sequence[ModelLike],
    thresholds: float | Mapping[str, float] = 0.5,
    executor: ExecutorLike = None,
    progress: bool = True,  # noqa: FBT001, FBT002 - the order that the call reads in
    *,
    max_poses: int = 1,
) -> Evaluation:
    """Measure how good models are on images or videos with a known reference.

    Each image is read once for all models, and forgotten when it is measured: memory does not
    depend on how many there are. One that cannot be measured is reported in `Evaluation.failed`,
    and the others go on. The results do not depend on the executor.

    Parameters
    ----------
    dataset : Dataset, str, os.PathLike or iterable
        A folder of pairs, a table of them, a COCO file, a recording, or pairs in memory; see
        `open_dataset`.
    models : str, sequence of str, Choice, or a list of them
        As `choose_like` takes them, those of `add_model` included: ``"general"``, ``("BlazePose",
        "lite", "mediapipe")``. Several are a list.
    thresholds : float or mapping of str to float
        Lowest probability that counts as a person, 0 to 1: one for all models, or one for each
        by its name or label.
    executor : concurrent.futures.Executor or int, optional
        Where the work is done. Default: in this process. A number starts so many processes of this
        computer; of a Dask cluster, pass ``client.get_executor()``. A model from `add_model` that
        is a function must be importable there. In a program, the call belongs below ``if __name__
        == "__main__":`` then.
    progress : bool
        Whether to show a progress bar.
    max_poses : int
        How many people a pose detector looks for in each image, at least 1.

    Returns
    -------
    Evaluation
        The results.

    Raises
    ------
    InvalidOptionError
        An argument is invalid.
    SourceError
        There is no dataset, or nothing in it could be measured.

    Examples
    --------
    >>> from bodyseg_widgets import evaluate, portrait_reference, sample
    >>> outlines = portrait_reference()
    >>> portrait = (sample("portrait"), outlines.person | outlines.helmet, "close up")
    >>> evaluation = evaluate([portrait], ["general", "landscape"], progress=False)
    >>> [round(score, 2) for score in evaluation.images["iou"]]
    [0.97, 0.95]
    """
    check_executor(executor)
    choices = chosen_models(models)
    limits = _thresholds(thresholds, choices)
    measure = Measure(
        uuid4().hex,
        tuple(PortableModel.of(each) for each in choices),
        limits,
        check_max_poses(max_poses),
    )
    opened = open_dataset(dataset)
    if not opened.cases:
        raise SourceError(f"The dataset {opened.label!r} is empty. Give it at least one image.")
    tally = Tally()
    failed: list[Failure] = []
    outcomes = run_all(measure, opened.cases, executor)
    try:
        with (
            closing(outcomes),
            progress_bar(len(opened), opened.label, unit="items", shown=progress) as bar,
        ):
            for outcome in outcomes:
                if outcome.value is None:
                    failed.append(Failure(outcome.index, outcome.job.name, outcome.reason))
                else:
                    tally.add(outcome.index, outcome.job, outcome.value)
                bar.update()
    finally:
        KEPT_MODELS.dispose()
    failed.sort(key=lambda each: each.index)
    if not tally.images:
        raise SourceError(
            f"None of the {len(opened)} images or videos of {opened.label!r} could be measured. "
            f"{failed[0].name!r}: {failed[0].reason}"
        )
    return Evaluation(opened, choices, limits, tally, failed, max_poses=measure.max_poses)


def _thresholds(thresholds: object, choices: Sequence[Choice]) -> tuple[float, ...]:
    if isinstance(thresholds, Mapping):
        by_label = {choose_like(name).label: value for name, value in thresholds.items()}
        missing = [each.label for each in choices if each.label not in by_label]
        if missing:
            raise InvalidOptionError(
                f"thresholds has none for {listed(missing)}. Give one for each model, or a single "
                "number for all."
            )
        limits = tuple(by_label[each.label] for each in choices)
    else:
        limits = (thresholds,) * len(choices)
    for each in limits:
        if isinstance(each, bool) or not isinstance(each, int | float):
            raise InvalidOptionError(
                f"A threshold must be a probability from 0 to 1, but got {in_short(each)}. Try 0.5."
            )
        cutoff(each)
    return tuple(float(each) for each in limits)
