"""Asking for results of models in the page, which come to Python only then."""

from __future__ import annotations

import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.in_page import RUNS_IN_PAGE
from bodyseg_widgets.options import BROWSER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream

__all__ = ["ASKED_SECONDS", "Asked", "asked_results", "has_to_ask", "nothing_comes_meanwhile"]

ASKED_SECONDS: Final = 5.0
"""How long it is waited for what was asked for: some frames of the slowest model."""

_KEPT: Final = 16
"""Results of a stream that are kept for another one to finish the same frame."""


def has_to_ask(streams: Sequence[SegmentationStream]) -> bool:
    """Whether what these streams of one source show has to be asked for: a page computes it."""
    in_page = any(stream.choice.runtime == BROWSER for stream in streams)
    return in_page and streams[0].webcam.running


class Asked:
    """Asks for the results of the next frame that all of some streams finish, with its image.

    While the source is paused, that is the frame it shows. Thread-safe.

    Parameters
    ----------
    streams : sequence of SegmentationStream
        Streams of one source.
    came : callable
        ``(results)``: called once, on the thread of the stream that finished last, with the result
        of each stream.
    """

    def __init__(
        self,
        streams: Sequence[SegmentationStream],
        came: Callable[[list[Result]], object],
    ) -> None:
        self._came = came
        self._webcam = streams[0].webcam
        self._lock = threading.Lock()
        self._closed = False
        # Of each stream, by the times of the frames.
        self._found: list[dict[float, Result]] = [{} for _ in streams]
        self._subscriptions: list[Unsubscribe] = []
        for at, stream in enumerate(streams):
            self._subscribe(stream, partial(self._note, at))
        if self._webcam.paused:
            self._webcam.channel.post({"kind": "command", "command": "again"})

    def close(self) -> bool:
        """Ask no longer; calling it again does nothing.

        Returns
        -------
        bool
            Whether it still waited.
        """
        with self._lock:
            waited, self._closed = not self._closed, True
            subscriptions, self._subscriptions = self._subscriptions, []
        for unsubscribe in subscriptions:
            unsubscribe()
        return waited

    def _subscribe(self, stream: SegmentationStream, note: Callable[[Result], None]) -> None:
        unsubscribe = stream.on_result(note)
        with self._lock:
            if not self._closed:
                self._subscriptions.append(unsubscribe)
                return
        unsubscribe()

    def _note(self, at: int, result: Result) -> None:
        if result.frame.live and self._webcam.paused:
            # It was on its way when the pause began, which shows another one.
            return
        frame_time = result.frame.timestamp
        with self._lock:
            found = self._found[at]
            found[frame_time] = result
            if len(found) > _KEPT:
                del found[next(iter(found))]
            if self._closed or not all(frame_time in each for each in self._found):
                return
            self._closed = True
            results = [each[frame_time] for each in self._found]
        self.close()
        self._came(results)


def nothing_comes_meanwhile(streams: Sequence[SegmentationStream]) -> bool:
    """Whether waiting here would be in vain.

    The page's messages are handled on this thread, as in JupyterLite and wherever comms wait for
    the cell, or a stream waits for the callback that asks.
    """
    hears_here = RUNS_IN_PAGE or streams[0].webcam.channel.hears_here
    return hears_here or any(stream.is_calling for stream in streams)


def asked_results(streams: Sequence[SegmentationStream]) -> list[Result] | None:
    """Ask for the results of the next frame that all of some streams finish, and wait for them.

    Parameters
    ----------
    streams : sequence of SegmentationStream
        Streams of one source.

    Returns
    -------
    list of Result or None
        The result of each, for one frame, with its image; None if there was none for
        `ASKED_SECONDS`, or if `nothing_comes_meanwhile`.
    """
    if nothing_comes_meanwhile(streams):
        return None
    found: list[Result] = []
    there = threading.Event()

    def came(results: list[Result]) -> None:
        found.extend(results)
        there.set()

    with closing(Asked(streams, came)):
        there.wait(ASKED_SECONDS)
    return found or None
