"""How Python code gets at the results of a stream while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bodyseg_widgets.streaming.frame import Result

ResultCallback: TypeAlias = "Callable[[Result], object]"
"""A function that takes a result; what it returns is not used."""


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
        self._on_callback_error = on_callback_error
        self._lock = threading.Lock()
        self._latest: Result | None = None
        self._callbacks: list[ResultCallback] = []
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._closed = False

    @property
    def latest(self) -> Result | None:
        """The newest result, or None before the first."""
        return self._latest

    def on_result(self, callback: ResultCallback) -> Callable[[], None]:
        """Call `callback(result)` with every result, on the stream's worker thread.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        with self._lock:
            self._callbacks.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return unsubscribe

    def publish(self, result: Result) -> None:
        """Make `result` the latest one and tell everybody who waits for it."""
        with self._lock:
            self._latest = result
            callbacks = [*self._callbacks]
        self._wake()
        for callback in callbacks:
            try:
                callback(result)
            # User code may raise anything, a cancelled await or a sys.exit() too; all of it is
            # reported, and none of it may end the stream's thread.
            except BaseException as error:  # noqa: BLE001
                self._on_callback_error(callback, error)

    def close(self) -> None:
        """End all iterations and forget the callbacks; `latest` stays."""
        with self._lock:
            self._closed = True
            self._callbacks.clear()
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
