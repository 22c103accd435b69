"""The last seconds of a source: its pictures and what every model made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from bodyseg_widgets.streaming.stored import StoredResult

MOST_BYTES = 200 * 2**20
"""What a history takes at most, whatever its length: ten seconds of 640 x 480 with four models
take about 100 MB."""


@dataclass(slots=True, eq=False)
class KeptFrame:
    """A frame of the last seconds.

    Attributes
    ----------
    id : int
        The source's number for it.
    data : bytes
        The picture, a JPEG file.
    timestamp : float
        When it was taken, in seconds.
    arrived : float
        When it was kept, in seconds by a clock that only goes on; moved on with each `rest`.
    results : dict
        What models made of it, by their label.
    """

    id: int
    data: bytes | memoryview
    timestamp: float
    arrived: float
    results: dict[str, StoredResult] = field(default_factory=dict)


class FrameHistory:
    """Keeps the frames of the last seconds, the oldest goes first. For any thread.

    Parameters
    ----------
    seconds : float
        How much is kept; 0 for the newest frame only.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import FrameHistory
    >>> history = FrameHistory(seconds=1)
    >>> for number in range(4):
    ...     _ = history.add("page", number, b"a JPEG", timestamp=0.0, arrived=number * 0.5)
    >>> history.get("page", 0) is None, history.get("page", 1) is None
    (True, False)
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._frames: OrderedDict[tuple[Hashable, int], KeptFrame] = OrderedDict()
        self._bytes = 0

    def add(
        self,
        group: Hashable,
        number: int,
        data: bytes | memoryview,
        *,
        timestamp: float,
        arrived: float | None,
    ) -> KeptFrame:
        """Keep a frame, in place of one with the same number, and give what is kept.

        Parameters
        ----------
        group : Hashable
            What the number counts in, such as one page's pictures.
        number : int
            The frame's number.
        data : bytes
            The picture, a JPEG file.
        timestamp : float
            When it was taken, in seconds.
        arrived : float or None
            Now, in seconds by a clock that only goes on, such as ``time.monotonic()``. None for
            a frame that is looked at while the source is paused: it makes no other frame older.
        """
        with self._lock:
            if arrived is None:
                arrived = self._frames[next(reversed(self._frames))].arrived if self._frames else 0
            kept = KeptFrame(number, data, timestamp, arrived)
            before = self._frames.pop((group, number), None)
            if before is not None:
                self._bytes -= _nbytes(before)
            self._frames[group, number] = kept
            self._bytes += _nbytes(kept)
            self._let_go(arrived)
        return kept

    def note(self, group: Hashable, kept: KeptFrame, label: str, stored: StoredResult) -> None:
        """Note what the model of this label made of a frame."""
        with self._lock:
            before = kept.results.get(label)
            kept.results[label] = stored
            if self._frames.get((group, kept.id)) is kept:
                self._bytes += stored.levels.nbytes - (before.levels.nbytes if before else 0)

    def rest(self, seconds: float) -> None:
        """Make no frame older by a time in which the source was paused."""
        with self._lock:
            for kept in self._frames.values():
                kept.arrived += seconds

    def oldest(self, group: Hashable) -> int | None:
        """Give the number of the oldest frame of a group that is still kept, or None."""
        with self._lock:
            return next((number for each, number in self._frames if each == group), None)

    def get(self, group: Hashable, number: int) -> KeptFrame | None:
        """Give a frame that is still kept, or None."""
        with self._lock:
            return self._frames.get((group, number))

    def find(self, number: int, timestamp: float) -> KeptFrame | None:
        """Give the frame of this number that was taken then, in whatever group, or None."""
        with self._lock:
            for kept in reversed(self._frames.values()):
                if kept.id == number and kept.timestamp == timestamp:
                    return kept
        return None

    @property
    def nbytes(self) -> int:
        """How much memory the pictures and masks take, in bytes."""
        with self._lock:
            return self._bytes

    def _let_go(self, now: float) -> None:
        while len(self._frames) > 1:
            key, oldest = next(iter(self._frames.items()))
            if now - oldest.arrived <= self.seconds and self._bytes <= MOST_BYTES:
                return
            del self._frames[key]
            self._bytes -= _nbytes(oldest)


def _nbytes(frame: KeptFrame) -> int:
    return len(frame.data) + sum(stored.levels.nbytes for stored in frame.results.values())
