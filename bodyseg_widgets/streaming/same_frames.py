"""Match the results of several streams for the same frame, while each runs at its own pace."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from itertools import combinations, count
from typing import TYPE_CHECKING, Final, Self

from bodyseg_widgets.listeners import Listeners, log_errors
from bodyseg_widgets.streaming.attention import Attention, Overheard
from bodyseg_widgets.streaming.stored import StoredResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.feed import ResultCallback, ResultSource
    from bodyseg_widgets.streaming.frame import Frame, Result

_log = logging.getLogger(__name__)

COMMON_FRAME_SECONDS: Final = 2.0
"""Seconds for which the newest common frame remains valid while newer frames arrive that are not
common."""

_KEPT = 64
"""Results kept per stream: enough to match a model that takes a second per frame with one that
takes 20 ms. They take about 0.2 MB per stream, less if others keep the same results."""


@dataclass(frozen=True, slots=True)
class SameFrame:
    """Several streams' results for one frame.

    Attributes
    ----------
    id : int
        The frame's number; see `Frame`.
    timestamp : float
        When it was taken, in seconds since 1970.
    live : bool
        False if it is shown while the source is paused.
    results : mapping of str to StoredResult
        The results, by stream name.
    """

    id: int
    timestamp: float
    live: bool
    results: Mapping[str, StoredResult]


@dataclass(frozen=True, slots=True)
class _Finished:
    result: StoredResult
    timestamp: float
    live: bool
    at: float
    order: int

    @classmethod
    def now(cls, result: Result, order: int) -> Self:
        frame = result.frame
        stored = StoredResult.of(result)
        return cls(stored, frame.timestamp, frame.live, time.monotonic(), order)

    def is_of_the_same_frame(self, other: _Finished) -> bool:
        # Two pages that show one source use the same frame numbers, and so do two sources.
        return self.timestamp == other.timestamp and self.result.size == other.result.size


class SameFrames:
    """Finds the newest frame that all streams, or some of them, have finished.

    It keeps the latest results of each stream, without images, by frame number. Frame numbers
    repeat if a video restarts or a frame is shown while paused; then the newest result counts.
    While paused, only the frame being shown counts.

    Thread-safe.

    Parameters
    ----------
    streams : mapping of str to SegmentationStream
        The streams, by name; anything with ``on_result`` works.
    asks : bool
        First value of `asks`.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, Webcam
    >>> from bodyseg_widgets.streaming import SameFrames
    >>> webcam = Webcam(source="sample")
    >>> streams = {kind: SegmentationStream(webcam, model_type=kind)
    ...            for kind in ("general", "landscape")}
    >>> frames = SameFrames(streams)
    >>> # Press Start, and then:
    >>> frames.newest() is None
    True
    >>> frames.close(); webcam.close()
    >>> for stream in streams.values():
    ...     stream.close()
    """

    def __init__(
        self, streams: Mapping[str, ResultSource] | None = None, *, asks: bool = True
    ) -> None:
        self._lock = threading.Lock()
        self._asks = asks
        # If raised, it would be attributed to this object's own callback.
        self._listeners: Listeners[[Result]] = Listeners(log_errors(_log, "on_result"))
        self._tracks: dict[str, _Track] = {}
        self._newest: tuple[int, _Finished] | None = None
        self._orders = count()
        self.streams = streams or {}

    @property
    def asks(self) -> bool:
        """Whether results have to come for it, or it matches those that come anyway."""
        return self._asks

    @asks.setter
    def asks(self, asks: bool) -> None:
        with self._lock:
            self._asks = asks
            tracks = [*self._tracks.values()]
        for track in tracks:
            track.ask(asks=asks)

    @property
    def streams(self) -> Mapping[str, ResultSource]:
        """The streams, by name.

        Assigning adds, removes and renames streams; a stream that was already present keeps its
        results, even under a new name.
        """
        with self._lock:
            return {name: track.stream for name, track in self._tracks.items()}

    @streams.setter
    def streams(self, streams: Mapping[str, ResultSource]) -> None:
        with self._lock:
            old = [*self._tracks.values()]
            tracks = {
                name: next((track for track in old if track.stream is stream), None)
                for name, stream in streams.items()
            }
            new = {
                name: _Track(streams[name], asks=self._asks)
                for name, track in tracks.items()
                if track is None
            }
            self._tracks = {name: track or new[name] for name, track in tracks.items()}
            kept = [id(track) for track in self._tracks.values()]
            removed = [track for track in old if id(track) not in kept]
        for track in removed:
            track.unsubscribe()
        for track in new.values():
            track.subscribe(self._note)
            # A paused source produces no result until it is stepped.
            latest = Overheard(track.stream).latest
            if latest is not None:
                self._note_earlier(track, latest)

    def on_result(self, callback: ResultCallback) -> Unsubscribe:
        """Call ``callback(result)`` with every result of any stream, on that stream's thread.

        Its exceptions are logged; the stream and the other callbacks continue.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(callback)

    def newest(self, names: Collection[str] | None = None) -> SameFrame | None:
        """Return the newest frame that all given streams have finished.

        Parameters
        ----------
        names : collection of str, optional
            The streams' names. Default: all.

        Returns
        -------
        SameFrame or None
            None if they have no common frame, or none within ``COMMON_FRAME_SECONDS`` of the newest
            result of any stream.
        """
        with self._lock:
            names = [*self._tracks] if names is None else names
            if self._newest is None or not names or not self._tracks.keys() >= {*names}:
                return None
            tracks = {name: self._tracks[name].finished for name in names}
            shared = set.intersection(*({*finished} for finished in tracks.values()))
            number, newest = self._newest
            if newest.live:
                since = newest.at - COMMON_FRAME_SECONDS
                shared = {each for each in shared if _completed(tracks, each).at >= since}
            else:
                shared &= {number}
            shared = {each for each in shared if _is_one_frame(tracks, each)}
            if not shared:
                return None
            found = max(shared, key=lambda each: _completed(tracks, each).order)
            last = _completed(tracks, found)
            results = {name: finished[found].result for name, finished in tracks.items()}
        return SameFrame(found, last.timestamp, last.live, results)

    def newest_of(self, name: str) -> SameFrame | None:
        """Return the newest frame that one stream has finished, regardless of the others.

        Parameters
        ----------
        name : str
            The stream's name.
        """
        with self._lock:
            track = self._tracks.get(name)
            if track is None or not track.finished:
                return None
            number, newest = next(reversed(track.finished.items()))
        return SameFrame(number, newest.timestamp, newest.live, {name: newest.result})

    def is_settled(self) -> bool:
        """Return whether the newest frame is complete.

        While paused, it is complete once each stream that ever produced a result has one for the
        frame shown; otherwise always, because slower streams skip frames.
        """
        with self._lock:
            if self._newest is None or self._newest[1].live:
                return True
            number = self._newest[0]
            return all(
                number in track.finished for track in self._tracks.values() if track.finished
            )

    def close(self) -> None:
        """Forget all streams with their results, and the callbacks; again, it does nothing."""
        self.streams = {}
        self._listeners.clear()
        with self._lock:
            self._newest = None

    def _note(self, track: _Track, result: Result) -> None:
        finished = _Finished.now(result, next(self._orders))
        with self._lock:
            if not self._has(track):
                return
            track.keep(result.frame, finished)
            self._newest = result.frame.id, finished
        self._listeners.notify(result)

    def _has(self, track: _Track) -> bool:
        return any(track is each for each in self._tracks.values())

    def _note_earlier(self, track: _Track, result: Result) -> None:
        finished = _Finished.now(result, next(self._orders))
        with self._lock:
            # The stream may have delivered a newer one, or been removed already.
            if track.finished or not self._has(track):
                return
            track.keep(result.frame, finished)
            if self._newest is None or not finished.live:
                self._newest = result.frame.id, finished


class _Track:
    """A stream and its latest results, the newest last."""

    def __init__(self, stream: ResultSource, *, asks: bool) -> None:
        self.stream = stream
        self._asks = asks
        self.finished: dict[int, _Finished] = {}
        self._lock = threading.Lock()
        self._removed = False
        self._attention: Attention | None = None

    def subscribe(self, note: Callable[[_Track, Result], None]) -> None:
        attention = Attention(self.stream, lambda result: note(self, result), asks=False)
        with self._lock:
            if not self._removed:
                self._attention = attention
                attention.asks = self._asks
                return
        # Another thread has assigned other streams meanwhile.
        attention.close()

    def ask(self, *, asks: bool) -> None:
        with self._lock:
            self._asks = asks
            if self._attention is not None:
                self._attention.asks = asks

    def unsubscribe(self) -> None:
        with self._lock:
            self._removed = True
            attention, self._attention = self._attention, None
        if attention is not None:
            attention.close()

    def keep(self, frame: Frame, finished: _Finished) -> None:
        self.finished.pop(frame.id, None)
        self.finished[frame.id] = finished
        while len(self.finished) > _KEPT:
            del self.finished[next(iter(self.finished))]


def _completed(tracks: Mapping[str, Mapping[int, _Finished]], number: int) -> _Finished:
    """Return the latest of one frame's results."""
    return max((finished[number] for finished in tracks.values()), key=lambda each: each.order)


def _is_one_frame(tracks: Mapping[str, Mapping[int, _Finished]], number: int) -> bool:
    results = (finished[number] for finished in tracks.values())
    return all(one.is_of_the_same_frame(other) for one, other in combinations(results, 2))
