"""The last seconds of a source: its frames and every model's results.

While a source is paused, the page asks for single frames by number. A source with a length is
sought in; of every other source, this history has the last seconds. A frame goes through the
streams again with ``known``, the results that the history or a recording has of it: a stream that
finds its own there returns it bit for bit and runs nothing, while a model that was chosen in the
meantime runs as on a still image. Such frames are not ``live``; logs and rates leave them out.

The history is in the kernel, as JPEG and packed masks: the page's memory holds textures, not
seconds of video, and Python and the page see the same frame by construction. Ten seconds of
640 x 480 with four models take about 12 MB; 200 MB is the limit for the histories of all sources,
whatever their settings.

When a session is over, no page can show its frames again, so they are forgotten. Only the last one
stays, for a snapshot of what is on the screen.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from bodyseg_widgets.streaming.stored import StoredResult

MAX_BYTES = 200 * 2**20
"""Memory limit of all histories together, whatever their length; ten seconds of 640 x 480 with four
models take about 12 MB."""

_all: Final[WeakSet[FrameHistory]] = WeakSet()
_all_lock: Final = threading.Lock()


@dataclass(slots=True, eq=False)
class KeptFrame:
    """A kept frame.

    Attributes
    ----------
    id : int
        The source's number for the frame.
    data : bytes
        The image, as JPEG.
    timestamp : float
        When it was taken, in seconds.
    arrived : float
        When it was stored, in seconds by a monotonic clock; shifted by each `extend`.
    results : dict
        The models' results, by label.
    noted : int
        When the newest of them came, counted among all results; 0 before the first.
    """

    id: int
    data: bytes | memoryview
    timestamp: float
    arrived: float
    results: dict[str, StoredResult] = field(default_factory=dict)
    noted: int = 0


class FrameHistory:
    """Keeps the frames of the last seconds; the oldest are dropped first. Thread-safe.

    All histories share `MAX_BYTES`: beyond that, the fullest one drops frames, and each keeps its
    newest.

    Parameters
    ----------
    seconds : float
        How many seconds to keep; 0 for the newest frame only.

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
        self._closed = False
        self._count = 0
        self._frames: OrderedDict[tuple[Hashable, int], KeptFrame] = OrderedDict()
        self._bytes = 0
        with _all_lock:
            _all.add(self)

    def add(
        self,
        group: Hashable,
        number: int,
        data: bytes | memoryview,
        *,
        timestamp: float,
        arrived: float | None,
    ) -> KeptFrame:
        """Keep a frame, replacing one with the same number, and return the kept frame.

        Parameters
        ----------
        group : Hashable
            The group that the number counts in, such as one page's session.
        number : int
            The frame's number.
        data : bytes
            The image, as JPEG.
        timestamp : float
            When it was taken, in seconds.
        arrived : float or None
            The current time in seconds, by a monotonic clock such as ``time.monotonic()``. None for
            a frame viewed while the source is paused: it does not make other frames older.
        """
        with self._lock:
            if arrived is None:
                arrived = self._frames[next(reversed(self._frames))].arrived if self._frames else 0
            kept = KeptFrame(number, data, timestamp, arrived)
            if self._closed:
                return kept
            if (group, number) in self._frames:
                self._drop(group, number)
            self._frames[group, number] = kept
            self._bytes += _nbytes(kept)
            self._let_go(arrived)
        _fit_all()
        return kept

    def note(self, group: Hashable, kept: KeptFrame, label: str, stored: StoredResult) -> None:
        """Store a model's result for a frame, by the model's label."""
        with self._lock:
            self._count += 1
            kept.noted = self._count
            before = kept.results.get(label)
            kept.results[label] = stored
            if self._frames.get((group, kept.id)) is kept:
                self._bytes += _mask_bytes(stored) - (_mask_bytes(before) if before else 0)

    def extend(self, seconds: float) -> None:
        """Do not count time in which the source was paused toward the frames' age."""
        with self._lock:
            for kept in self._frames.values():
                kept.arrived += seconds

    def oldest(self, group: Hashable) -> int | None:
        """Return the number of the oldest frame of a group that is still kept, or None."""
        with self._lock:
            return next((number for each, number in self._frames if each == group), None)

    def get(self, group: Hashable, number: int) -> KeptFrame | None:
        """Return a frame that is still kept, or None."""
        with self._lock:
            return self._frames.get((group, number))

    def find(self, number: int, timestamp: float) -> KeptFrame | None:
        """Return the frame with this number and timestamp, in any group, or None."""
        with self._lock:
            for kept in reversed(self._frames.values()):
                if kept.id == number and kept.timestamp == timestamp:
                    return kept
        return None

    def forget(self, is_over: Callable[[Hashable], bool]) -> None:
        """Forget the groups for which this is true.

        If none is left, the frame on the screen stays with its results: of those that most models
        have finished, the last one to be finished.
        """
        with self._lock:
            over = {key: kept for key, kept in self._frames.items() if is_over(key[0])}
            if over and len(over) == len(self._frames):
                del over[max(over, key=lambda key: (len(over[key].results), over[key].noted))]
            for key in over:
                self._drop(*key)

    def drop_oldest(self) -> bool:
        """Drop the oldest frame, unless it is the only one; return whether that was done."""
        with self._lock:
            if len(self._frames) < 2:  # noqa: PLR2004
                return False
            self._drop(*next(iter(self._frames)))
            return True

    def close(self) -> None:
        """Forget all frames, and keep no others."""
        with self._lock:
            self._closed = True
            self._frames.clear()
            self._bytes = 0

    @property
    def frames(self) -> tuple[KeptFrame, ...]:
        """All kept frames, the oldest first."""
        with self._lock:
            return (*self._frames.values(),)

    @property
    def nbytes(self) -> int:
        """Memory used by images and masks, in bytes."""
        with self._lock:
            return self._bytes

    def _let_go(self, now: float) -> None:
        while len(self._frames) > 1:
            key, oldest = next(iter(self._frames.items()))
            if now - oldest.arrived <= self.seconds:
                return
            self._drop(*key)

    def _drop(self, group: Hashable, number: int) -> None:
        self._bytes -= _nbytes(self._frames.pop((group, number)))


def _fit_all() -> None:
    with _all_lock:
        histories = (*_all,)
    while sum(each.nbytes for each in histories) > MAX_BYTES:
        fullest_first = sorted(histories, key=lambda each: each.nbytes, reverse=True)
        if not any(each.drop_oldest() for each in fullest_first):
            return


def _nbytes(frame: KeptFrame) -> int:
    return len(frame.data) + sum(map(_mask_bytes, frame.results.values()))


def _mask_bytes(stored: StoredResult) -> int:
    return stored.nbytes
