"""Access to a stream's results from Python while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import math
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, cast, runtime_checkable

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.pose import Pose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.frame import Result

READ_LATELY: Final = 5.0
"""For how many seconds results are needed after `latest` was read."""

ResultCallback: TypeAlias = "Callable[[Result], object]"
"""A function that takes a result; its return value is ignored."""


@runtime_checkable
class ResultSource(Protocol):
    """Anything that provides results as they arrive, for example a `SegmentationStream`."""

    def on_result(self, callback: ResultCallback) -> Unsubscribe:
        """Call `callback` with each result; return a function that unsubscribes it."""


def check_results(stream: ResultSource) -> ResultSource:
    """Return what provides results.

    Raises
    ------
    InvalidOptionError
        It does not.
    """
    given: object = stream
    if isinstance(given, ResultSource):
        return given
    own = isinstance(getattr(given, "stream", None), ResultSource)
    fix = "Pass its .stream." if own else "Make one: SegmentationStream(webcam)."
    if isinstance(given, Pose):
        fix += " One pose alone: draw_skeleton(image, pose)."
    raise InvalidOptionError(
        "stream must be a SegmentationStream (anything with on_result), but got "
        f"{in_short(given)}. {fix}"
    )


@runtime_checkable
class ResultStream(ResultSource, Protocol):
    """A source of results that also provides the newest one."""

    @property
    def latest(self) -> Result | None:
        """The newest result, or None before the first."""


class _Subscription:
    """Calls a callback, on one thread at a time: until it has returned, it is left out."""

    def __init__(
        self,
        callback: ResultCallback,
        on_error: Callable[[ResultCallback, BaseException], object],
    ) -> None:
        self._callback = callback
        self._on_error = on_error
        self._running = threading.Lock()

    @property
    def is_running(self) -> bool:
        return self._running.locked()

    def __call__(self, result: Result) -> None:
        if not self._running.acquire(blocking=False):
            return
        try:
            self._callback(result)
        # A user's function may raise anything, even a canceled await or a sys.exit().
        except BaseException as error:  # noqa: BLE001
            self._on_error(self._callback, error)
        finally:
            self._running.release()


class ResultFeed:
    """The newest result, callbacks on each, and an asynchronous iterator over them.

    Thread-safe.

    Parameters
    ----------
    on_callback_error : callable
        Called with the callback and the exception it raised. The other callbacks and the stream
        continue.
    on_asked : callable
        Called without arguments when `asks` or `asks_for_images` may have changed; not when
        `latest` was read too long ago.
    """

    def __init__(
        self,
        on_callback_error: Callable[[ResultCallback, BaseException], None],
        *,
        on_asked: Callable[[], object] = lambda: None,
    ) -> None:
        self._lock = threading.Lock()
        self._latest: Result | None = None
        self._overheard: Result | None = None
        self._read = -math.inf
        self._on_callback_error = on_callback_error
        self._listeners = Listeners[["Result"]]()
        self._listeners_without_images = Listeners[["Result"]]()
        self._overhearers = Listeners[["Result"]]()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._on_asked = on_asked
        self._closed = False

    @property
    def asks(self) -> bool:
        """Whether anyone needs results: iterates, is to be called, or has just read `latest`."""
        with self._lock:
            without = not self._closed and bool(self._listeners_without_images)
        return without or self.asks_for_images

    @property
    def asks_for_images(self) -> bool:
        """Whether any of them needs the images of the frames, too."""
        with self._lock:
            if self._closed:
                return False
            is_read = time.monotonic() - self._read < READ_LATELY
            return is_read or bool(self._waiters) or bool(self._listeners)

    @property
    def latest(self) -> Result | None:
        """The newest result with an image, or None before the first and after `close`."""
        with self._lock:
            self._read = time.monotonic()
        self._on_asked()
        return self._latest

    @property
    def overheard(self) -> Result | None:
        """The newest result, also one without an image; reading it asks for no results."""
        return self._overheard

    def on_result(self, callback: ResultCallback, *, images: bool = True) -> Unsubscribe:
        """Call `callback(result)` with every result, on the stream's worker thread.

        What it prints appears where this was called: in a notebook, under that cell.

        Parameters
        ----------
        callback : callable
            A function that takes a `Result`.
        images : bool
            Whether it needs the images of the frames. Without, frames may be `FrameInPage`.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        subscription = _Subscription(callback, self._on_callback_error)
        listeners = self._listeners if images else self._listeners_without_images
        remove = listeners.add(subscription, contextvars.copy_context())
        self._on_asked()

        def unsubscribe() -> None:
            remove()
            self._on_asked()

        return unsubscribe

    def overhear(self, callback: ResultCallback) -> Unsubscribe:
        """Do as `on_result` without images, but ask for no results."""
        return self._overhearers.add(_Subscription(callback, self._on_callback_error))

    def publish(self, result: Result) -> bool:
        """Make `result` the latest one and notify all subscribers.

        Returns
        -------
        bool
            Whether all got it: one that has not returned from an earlier one, on another thread,
            is left out.
        """
        has_image = result.frame.has_image
        with self._lock:
            if self._closed:
                return True
            self._overheard = result
            if has_image:
                self._latest = result
        if has_image:
            self._wake()
        # Those who show what others have overheard find it there.
        for_all = (self._overhearers, self._listeners_without_images)
        groups = (*for_all, self._listeners) if has_image else for_all
        subscriptions = [each for group in groups for each in group.callbacks]
        left_out = any(each.is_running for each in cast("list[_Subscription]", subscriptions))
        for group in groups:
            group.notify(result)
        return not left_out

    def close(self) -> None:
        """End all iterations, remove the callbacks, and forget the newest result."""
        with self._lock:
            self._closed = True
            self._latest = self._overheard = None
        self._listeners.clear()
        self._listeners_without_images.clear()
        self._overhearers.clear()
        self._wake()
        self._on_asked()

    async def results(self) -> AsyncIterator[Result]:
        """Yield each new result with an image until the feed is closed.

        If the loop body is slower than the stream, it gets the newest result each time and skips
        those in between.
        """
        news = asyncio.Event()
        waiter = (asyncio.get_running_loop(), news)
        with self._lock:
            seen = self._latest
            self._waiters.append(waiter)
        self._on_asked()
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
            self._on_asked()

    def _wake(self) -> None:
        with self._lock:
            waiters = [*self._waiters]
        for loop, news in waiters:
            # A closed event loop has no waiting tasks left.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(news.set)
