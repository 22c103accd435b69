"""The poses of a stream's last seconds, kept for tables and plots."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose import (
    TimedPoses,
    angles_to_dataframe,
    poses_in_3d,
    poses_to_dataframe,
)
from bodyseg_widgets.streaming.attention import on_result_without_images

if TYPE_CHECKING:
    from types import TracebackType

    import pandas as pd

    from bodyseg_widgets.pose import AngleSpace
    from bodyseg_widgets.streaming.feed import ResultSource
    from bodyseg_widgets.streaming.frame import Result


class PoseRecorder:
    """Keeps the poses of a stream's last seconds, but not its images or masks.

    They are poses in 3D: BlazePose's. Of other models, frames are kept without poses.

    It records from the moment it is made until :meth:`stop`, whatever the stream does meanwhile. A
    minute of one person takes about 3 MB. Thread-safe.

    Parameters
    ----------
    stream : SegmentationStream
        The stream; anything with ``on_result`` works.
    seconds : float
        How many seconds to keep, more than 0. Older poses are dropped.

    Raises
    ------
    InvalidOptionError
        `seconds` is not a finite number above 0.

    Examples
    --------
    >>> from bodyseg_widgets import PoseRecorder, SegmentationStream, Webcam, save_poses
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="BlazePose", model_type="lite")
    >>> recorder = PoseRecorder(stream, seconds=30)
    >>> # Press Start, move, and then:
    >>> table = recorder.to_dataframe()
    >>> recorder.stop(); stream.close(); webcam.close()
    >>> len(table)
    0
    """

    @named_arguments
    def __init__(self, stream: ResultSource, seconds: float = 60.0) -> None:
        self._lock = threading.Lock()
        self._kept: deque[TimedPoses] = deque()
        self._start: float | None = None
        self._seconds = _checked_seconds(seconds)
        self._unsubscribe = on_result_without_images(stream, self._record)

    @property
    def seconds(self) -> float:
        """How many seconds are kept. Reducing it drops older poses immediately."""
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        with self._lock:
            self._seconds = _checked_seconds(seconds)
            self._let_go()

    @property
    def moments(self) -> tuple[TimedPoses, ...]:
        """The poses of each kept frame, the oldest first.

        ``time`` is when the frame was taken, in seconds since the first one of this recording;
        ``frame`` is ``Frame.id``. Frames without people are included, with no poses.
        """
        with self._lock:
            return tuple(self._kept)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the kept poses as a table: see :func:`poses_to_dataframe`.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return poses_to_dataframe(self.moments)

    def angles_to_dataframe(
        self, *, space: AngleSpace = "3d", min_score: float = 0.0
    ) -> pd.DataFrame:
        """Return the angles of the kept poses as a table: see :func:`angles_to_dataframe`.

        Raises
        ------
        InvalidOptionError
            The space is unknown, or `min_score` is not between 0 and 1.
        MissingDependencyError
            pandas is not installed.
        """
        return angles_to_dataframe(self.moments, space=space, min_score=min_score)

    def clear(self) -> None:
        """Clear everything; time restarts with the next frame."""
        with self._lock:
            self._kept.clear()
            self._start = None

    def stop(self) -> None:
        """Stop recording; kept poses stay. Calling it again does nothing."""
        self._unsubscribe()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop recording."""
        self.stop()

    def _record(self, result: Result) -> None:
        # Frames shown again while the source is paused are not part of the timeline.
        if not result.frame.live:
            return
        taken = result.frame.timestamp
        # A mask of every frame would take a thousand times as much memory.
        poses = tuple(replace(pose, segmentation=None) for pose in poses_in_3d(result.poses))
        with self._lock:
            if self._start is None or (self._kept and taken - self._start < self._kept[-1].time):
                # The first frame, or one from another browser with a different clock, whose times
                # would not match the kept ones.
                self._kept.clear()
                self._start = taken
            self._kept.append(TimedPoses(taken - self._start, poses, result.frame.id))
            self._let_go()

    def _let_go(self) -> None:
        while self._kept and self._kept[0].time < self._kept[-1].time - self._seconds:
            self._kept.popleft()


def _checked_seconds(seconds: float) -> float:
    if not (math.isfinite(seconds) and seconds > 0):
        raise InvalidOptionError(
            f"seconds must be a finite number above 0, but got {seconds!r}. It sets how much is "
            "kept; 60 is a minute."
        )
    return float(seconds)
