"""How Python code gets at the results of a stream while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from bodyseg_widgets.listeners import Listeners

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.frame import Result

ResultCallback: TypeAlias = "Callable[[Result], object]"
"""A function that takes a result; what it returns is not used."""


class ResultSource(Protocol):
    """Whatever hands out results as they come, for example a `SegmentationStream`."""

    def on_result(self, callback: ResultCallback) -> Unsubscribe:
        """Call `callback` with each result; return the function that unsubscribes it."""


@runtime_checkable
class ResultStream(ResultSource, Protocol):
    """A source of results that also knows the newest one."""

    @property
    def latest(self) -> Result | None:
        """The newest result, or None before the first."""


class ResultFeed:
    """The newest result, callbacks on each, and an asynchronous iterator over them.

    All of it may be used from any thread.

    Parameters
    ----------
    on_callback_error : callable
        Called with the callback and the exception it raised. The other callbacks and the
        stream go on.
    """

    def __init__(self, on_callback_error: Callable[[ResultCallback, BaseException], None]) -> None:
        self._lock = threading.Lock()
        self._latest: Result | None = None
        self._listeners: Listeners[[Result]] = Listeners(on_callback_error)
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._closed = False

    @property
    def latest(self) -> Result | None:
        """The newest result, or None before the first."""
        return self._latest

    def on_result(self, callback: ResultCallback) -> Unsubscribe:
        """Call `callback(result)` with every result, on the stream's worker thread.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(callback)

    def publish(self, result: Result) -> None:
        """Make `result` the latest one and tell everybody who waits for it."""
        with self._lock:
            self._latest = result
        self._wake()
        self._listeners.notify(result)

    def close(self) -> None:
        """End all iterations and forget the callbacks; `latest` stays."""
        with self._lock:
            self._closed = True
        self._listeners.clear()
        self._wake()

    async def results(self) -> AsyncIterator[Result]:
        """Yield each new result, from now on until the feed is closed.

        A loop body slower than the stream gets the newest result each time and misses
        those in between.
        """
        news = asyncio.Event()
        waiter = (asyncio.get_running_loop(), news)
        with self._lock:
            seen = self._latest
            self._waiters.append(waiter)
        try:
            while not self._closed:
                await news.wait()
                news.clear()
                result = self._latest
                if result is not None and result is not seen:
                    seen = result
                    yield result
        finally:
            with self._lock:
                self._waiters.remove(waiter)

    def _wake(self) -> None:
        with self._lock:
            waiters = [*self._waiters]
        for loop, news in waiters:
            # A loop that was closed has nobody left who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(news.set)
