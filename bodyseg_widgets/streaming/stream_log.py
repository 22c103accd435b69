"""Log figures of several streams' last seconds, for tables and plots."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import astuple, dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import class_coverage_at_model_size, cutoff
from bodyseg_widgets.segmentation.types import without_background
from bodyseg_widgets.streaming.attention import on_result_without_images
from bodyseg_widgets.streaming.frame import Timings
from bodyseg_widgets.tables import import_pandas, save_table

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    import pandas as pd
    from numpy.typing import NDArray

    from bodyseg_widgets.evaluation import ClassAgreement
    from bodyseg_widgets.segmentation import Mask, Segmentation
    from bodyseg_widgets.streaming.feed import ResultSource
    from bodyseg_widgets.streaming.frame import Result

MAX_ROWS = 100_000
"""Maximum rows per table, whatever the duration: about 10 MB, 40 MB with body parts."""

_CHUNK = 1024
"""Rows that are made room for at a time."""

_STAGES = tuple(field.name for field in fields(Timings))

# As numbers in an array: an object for each row takes four times as much, and a log of ten minutes
# has tens of thousands.
_RESULT = np.dtype(
    [
        ("time", np.float64),
        ("frame", np.int64),
        ("name", np.int32),
        ("people", np.int32),
        ("coverage", np.float64),
        ("threshold", np.float64),
        *((stage, np.float64) for stage in _STAGES),
        ("classes", np.object_),  # _ClassShares, None without classes
    ]
)
_AGREEMENT = np.dtype(
    [
        ("time", np.float64),
        ("frame", np.int64),
        ("a", np.int32),
        ("b", np.int32),
        ("iou", np.float64),
        ("mad", np.float64),
        ("classes", np.object_),  # ClassAgreement, None without common classes
    ]
)


class StreamLog:
    """Logs figures for each result of several streams, but not its image or mask.

    It follows the streams that were added, from then until they are removed or :meth:`stop`. Frames
    that are shown again while a source is paused are left out: they are no part of how fast things
    went. Thread-safe.

    Parameters
    ----------
    seconds : float
        How many seconds to keep, more than 0. Older rows are dropped, and so are the oldest beyond
        100 000 rows.

    Raises
    ------
    InvalidOptionError
        `seconds` is not a finite number above 0.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, StreamLog, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam)
    >>> view = SegmentationView(stream, threshold=0.4)
    >>> log = StreamLog(seconds=30)
    >>> log.add("selfie", stream, threshold=lambda: view.threshold)
    >>> # Press Start, and then:
    >>> table = log.to_dataframe()
    >>> log.stop(); view.close(); stream.close(); webcam.close()
    >>> table.columns.tolist()[:3]
    ['time', 'frame', 'name']
    """

    @named_arguments
    def __init__(self, seconds: float = 60.0) -> None:
        if not (math.isfinite(seconds) and seconds > 0):
            raise InvalidOptionError(
                f"seconds must be a finite number above 0, but got {seconds!r}. It sets how much "
                "is kept; 60 is a minute."
            )
        # Reentrant, because a stream may deliver its latest result while being added.
        self._lock = threading.RLock()
        self._results = _Kept(_RESULT, seconds)
        self._agreements = _Kept(_AGREEMENT, seconds)
        # Rows have the place of a name in this.
        self._named: dict[str, int] = {}
        self._start: float | None = None
        self._unsubscribe: dict[str, Callable[[], None]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The streams' names, in the order in which they were added."""
        with self._lock:
            return tuple(self._unsubscribe)

    @named_arguments
    def add(
        self, name: str, stream: ResultSource, *, threshold: Callable[[], float] = lambda: 0.5
    ) -> None:
        """Add a stream.

        Parameters
        ----------
        name : str
            Its name in the tables.
        stream : SegmentationStream
            The stream; anything with ``on_result`` works.
        threshold : callable
            Called for each result; returns the threshold, 0 to 1. Default: 0.5.

        Raises
        ------
        InvalidOptionError
            There is already a stream with this name.
        """
        with self._lock:
            if name in self._unsubscribe:
                raise InvalidOptionError(
                    f"There is already a stream named {name!r}. Give this one another name, "
                    "or remove that one first."
                )
            self._unsubscribe[name] = on_result_without_images(
                stream, partial(self._log, name, threshold)
            )

    def remove(self, name: str) -> None:
        """Remove a stream; its rows stay.

        Raises
        ------
        InvalidOptionError
            There is no stream with this name.
        """
        with self._lock:
            if name not in self._unsubscribe:
                check_choice("The name of a stream", name, self._unsubscribe)
            unsubscribe = self._unsubscribe.pop(name)
        unsubscribe()

    def add_agreement(
        self,
        time: float,
        frame_id: int,
        a: str,
        b: str,
        *,
        iou: float,
        mad: float,
        classes: ClassAgreement | None = None,
    ) -> None:
        """Record how far two models agreed on a frame.

        Parameters
        ----------
        time : float
            When the frame was taken, in seconds, ``Frame.timestamp``.
        frame_id : int
            ``Frame.id``.
        a, b : str
            The names of the streams that were compared.
        iou : float
            Their intersection over union, 0 to 1.
        mad : float
            The mean absolute difference of their probabilities, 0 to 1.
        classes : ClassAgreement, optional
            How far they agree on classes that both have; see
            :func:`~bodyseg_widgets.evaluation.class_agreement`.
        """
        with self._lock:
            self._begin(time)
            self._agreements.append(
                (time, frame_id, self._code(a), self._code(b), iou, mad, classes)
            )

    def to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per result.

        Returns
        -------
        pandas.DataFrame
            With the columns

            - ``time``: when the frame was taken, in seconds since the first one of this log,
            - ``frame``: number of the frame,
            - ``name``: the stream's name, categorical,
            - ``capture``, ``up``, ``wait``, ``decode``, ``infer``, ``down``, ``draw``:
              milliseconds, NaN if not measured; see :class:`Timings`,
            - ``coverage``: share of the image that is a person, 0 to 1, at the model's resolution,
            - ``threshold``: the threshold used for ``coverage``,
            - ``people``: number of poses found; 0 for models that only find masks,

            and, if a model with classes is among the results, for each class of one

            - ``coverage_…``, such as ``coverage_left_hand``: share of the image that is a person
              and of this class, 0 to 1, at the model's resolution; NaN for models without it.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        pandas = import_pandas("A table of results")
        with self._lock:
            start, rows = self._start or 0.0, self._results.rows()
            names = np.array([*self._named], np.object_)
        shares = [each.by_label() if each else {} for each in rows["classes"].tolist()]
        return pandas.DataFrame(
            {
                "time": rows["time"] - start,
                "frame": rows["frame"],
                "name": pandas.Categorical(names[rows["name"]]),
                **{stage: rows[stage] for stage in _STAGES},
                "coverage": rows["coverage"],
                "threshold": rows["threshold"],
                "people": rows["people"].astype(np.int64),
                **_columns("coverage", shares),
            }
        )

    def agreement_to_dataframe(self) -> pd.DataFrame:
        """Return a table with one row per frame and pair, as added with :meth:`add_agreement`.

        Returns
        -------
        pandas.DataFrame
            With the columns ``time`` (that of :meth:`to_dataframe`), ``frame``, ``a`` and ``b``
            (categorical), ``iou`` and ``mad``; and, if models are among them that have classes in
            common, ``same_class``, the share of pixels with the same class among those with any,
            and ``iou_…`` for each class, such as ``iou_left_hand``; NaN where neither shows it.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        pandas = import_pandas("A table of agreement")
        with self._lock:
            start, rows = self._start or 0.0, self._agreements.rows()
            names = np.array([*self._named], np.object_)
        classes = rows["classes"].tolist()
        same = [each.same_class if each else math.nan for each in classes]
        return pandas.DataFrame(
            {
                "time": rows["time"] - start,
                "frame": rows["frame"],
                "a": pandas.Categorical(names[rows["a"]]),
                "b": pandas.Categorical(names[rows["b"]]),
                "iou": rows["iou"],
                "mad": rows["mad"],
                **({"same_class": _numbers(same)} if any(classes) else {}),
                **_columns("iou", [each.iou if each else {} for each in classes]),
            }
        )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Save :meth:`to_dataframe` as CSV or Parquet.

        Parameters
        ----------
        path : str or os.PathLike
            Where to save it; ends in ``.csv`` or ``.parquet``.
        overwrite : bool
            Whether to replace an existing file.

        Returns
        -------
        pathlib.Path
            `path`.

        Raises
        ------
        InvalidOptionError
            `path` has a different ending, or its folder does not exist or cannot be written to.
        ExistingFileError
            `path` exists and `overwrite` is False.
        MissingDependencyError
            pandas, or pyarrow for Parquet, is not installed.
        """
        return save_table(self.to_dataframe(), path, content="Results", overwrite=overwrite)

    def save_agreement(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Save :meth:`agreement_to_dataframe` as :meth:`save` does the results."""
        table = self.agreement_to_dataframe()
        return save_table(table, path, content="Agreements", overwrite=overwrite)

    def clear(self) -> None:
        """Remove all rows; time restarts with the next frame. The streams stay."""
        with self._lock:
            self._forget()

    def stop(self) -> None:
        """Unsubscribe from all streams; the rows stay. Calling it again does nothing."""
        with self._lock:
            unsubscribe = [*self._unsubscribe.values()]
            self._unsubscribe.clear()
        for each in unsubscribe:
            each()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Unsubscribe from all streams."""
        self.stop()

    def _log(self, name: str, threshold: Callable[[], float], result: Result) -> None:
        frame = result.frame
        if not frame.live:
            return
        at = threshold()
        coverage, people = _coverage(result.mask, at), len(result.poses)
        stages = astuple(result.timings)
        classes = _ClassShares.of(result.segmentation, at)
        with self._lock:
            time = frame.timestamp
            self._begin(time)
            code = self._code(name)
            self._results.append((time, frame.id, code, people, coverage, at, *stages, classes))

    def _begin(self, time: float) -> None:
        if self._results.is_long_before(time) or self._agreements.is_long_before(time):
            # Another browser with a different clock, whose times would not match the kept ones. A
            # slow model's results are only slightly out of order.
            self._forget()
        if self._start is None:
            self._start = time

    def _code(self, name: str) -> int:
        return self._named.setdefault(name, len(self._named))

    def _forget(self) -> None:
        self._results.clear()
        self._agreements.clear()
        self._named.clear()
        self._start = None


@dataclass(frozen=True, slots=True)
class _ClassShares:
    """The coverage of each class, small: the labels are the model's own."""

    labels: Mapping[int, str]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, segmentation: Segmentation, threshold: float) -> _ClassShares | None:
        """Return those of a segmentation; None if its model has no classes."""
        if not segmentation.has_classes:
            return None
        shares = class_coverage_at_model_size(segmentation, threshold)
        return cls(segmentation.labels, _numbers(shares.values()))

    def by_label(self) -> dict[str, float]:
        labels = dict.fromkeys(without_background(self.labels).values())
        return dict(zip(labels, self.shares.tolist(), strict=True))


class _Kept:
    """The rows of the last seconds.

    Parameters
    ----------
    row : numpy.dtype
        What a row has; a ``time`` in seconds comes first.
    seconds : float
        How many seconds to keep.
    """

    def __init__(self, row: np.dtype[np.void], seconds: float) -> None:
        self._row = row
        self._seconds = seconds
        self._chunks: deque[NDArray[np.void]] = deque()
        # The first row's place in the first chunk, and the next one's in the last.
        self._begin, self._end, self._count = 0, 0, 0
        self._newest = -math.inf

    def append(self, row: tuple[Any, ...]) -> None:
        if not self._chunks or self._end == _CHUNK:
            self._chunks.append(np.empty(_CHUNK, self._row))
            self._end = 0
        self._chunks[-1][self._end] = row
        self._end += 1
        self._count += 1
        self._newest = max(self._newest, row[0])
        while self._count > MAX_ROWS or self._oldest() < self._newest - self._seconds:
            self._drop_oldest()

    def is_long_before(self, time: float) -> bool:
        return time < self._newest - self._seconds

    def rows(self) -> NDArray[np.void]:
        """Return a copy of the rows, the oldest first."""
        joined = np.concatenate([np.empty(0, self._row), *self._chunks])
        return joined[self._begin : self._begin + self._count]

    def clear(self) -> None:
        self._chunks.clear()
        self._begin, self._end, self._count = 0, 0, 0
        self._newest = -math.inf

    def _oldest(self) -> float:
        return float(self._chunks[0]["time"][self._begin])

    def _drop_oldest(self) -> None:
        self._begin += 1
        self._count -= 1
        if self._begin == _CHUNK:
            self._chunks.popleft()
            self._begin = 0


def _coverage(mask: Mask, threshold: float) -> float:
    """Return the share of the image that is a person, without resizing the mask to the image."""
    height, width = mask.size
    share = np.count_nonzero(mask.levels >= cutoff(threshold)) / mask.levels.size
    return float(share * mask.region.width * mask.region.height / (height * width))


def _columns(what: str, rows: Sequence[Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
    """Return a column for each class that any row has, NaN in rows that lack it."""
    labels = dict.fromkeys(label for row in rows for label in row)
    return {
        f"{what}_{label}": _numbers(row.get(label, math.nan) for row in rows) for label in labels
    }


def _numbers(values: Iterable[float]) -> NDArray[np.float64]:
    return np.fromiter(values, np.float64)
