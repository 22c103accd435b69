"""A thread that always works on the newest item and drops older ones."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

from bodyseg_widgets.in_page import RUNS_IN_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_log = logging.getLogger(__name__)


class LatestWorker(Generic[T]):
    """Run `work` on a separate thread, one item at a time, always the newest.

    At most one item waits. An item that arrives while another waits replaces it, and the replaced
    one is passed to `on_skipped`: nothing queues up, so a slow `work` skips items and never falls
    behind. Where there are no threads, as in JupyterLite, the event loop calls `work`.

    Parameters
    ----------
    work : callable
        Called with each item on the worker thread. Its exceptions are logged, and the next item is
        processed.
    on_skipped : callable
        Called with each replaced item, on the thread that offered the newer one, and on close with
        any item left.
    name : str
        Name of the thread.
    on_idle : callable, optional
        Called on the worker thread before it rests.
    idle : float
        Seconds without an item after which the thread ends; another one starts with the next item.
        See `rest_after`.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import LatestWorker
    >>> done = []
    >>> worker = LatestWorker(done.append, on_skipped=lambda item: None, name="example")
    >>> worker.offer(1)
    >>> worker.close()
    True
    """

    def __init__(
        self,
        work: Callable[[T], None],
        *,
        on_skipped: Callable[[T], None],
        name: str,
        on_idle: Callable[[], None] | None = None,
        idle: float = 10,
    ) -> None:
        self._work = work
        self._on_skipped = on_skipped
        self._name = name
        self._on_idle = on_idle
        self._idle = idle
        self._changed = threading.Condition()
        # Since when the thread waits for an item.
        self._idle_since = 0.0
        self._waiting: list[T] = []
        self._closed = False
        self._thread: threading.Thread | None = None
        # Of the thread that is in `work`; None between two items.
        self._working: int | None = None

    @property
    def is_calling(self) -> bool:
        """Whether this is asked from within `work`: no other item is worked on until that ends."""
        return self._working == threading.get_ident()

    def rest_after(self, idle: float) -> None:
        """Put things away after so many seconds without an item, counted from now."""
        with self._changed:
            self._idle = idle
            self._idle_since = time.monotonic()
            self._changed.notify()

    def offer(self, item: T) -> None:
        """Submit an item without waiting; the thread starts with the first one."""
        with self._changed:
            skipped = [*self._waiting]
            if self._closed:
                skipped.append(item)
            else:
                self._waiting = [item]
                self._changed.notify()
                if RUNS_IN_PAGE:
                    if not skipped:
                        asyncio.get_running_loop().call_soon(self._run_waiting)
                elif self._thread is None:
                    thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                    thread.start()
                    self._thread = thread
        for old in skipped:
            self._on_skipped(old)

    def close(self, wait: float | None = None) -> bool:
        """End the thread after the current item.

        Parameters
        ----------
        wait : float, optional
            Maximum seconds to wait; default: until it has ended.

        Returns
        -------
        bool
            Whether it has ended, or is the one that calls this.
        """
        with self._changed:
            self._closed = True
            skipped, self._waiting = self._waiting, []
            self._changed.notify()
            thread = self._thread
        for old in skipped:
            self._on_skipped(old)
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(wait)
        return not thread.is_alive()

    def _run(self) -> None:
        # Here, an item would be kept until the next one comes: an image, for one.
        while self._wait() and self._run_waiting():
            pass

    def _run_waiting(self) -> bool:
        """Work on the item that waits; return False if it was closed."""
        with self._changed:
            if self._closed:
                return False
            item = self._waiting.pop()
        self._working = threading.get_ident()
        try:
            self._work(item)
        # Also what a user's function may raise, such as a sys.exit().
        except BaseException:  # noqa: BLE001
            # The next item may succeed, and a dead thread would go unnoticed.
            _log.exception("%s failed on one item and continues with the next", self._name)
        finally:
            self._working = None
        return True

    def _wait(self) -> bool:
        """Wait for an item or the end; return whether this thread goes on."""
        with self._changed:
            self._idle_since = time.monotonic()
            while not self._has_news():
                left = self._idle_since + self._idle - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            else:
                return True
        if self._on_idle is not None:
            try:
                self._on_idle()
            except Exception:  # noqa: BLE001 - as with items
                _log.exception("%s failed to put its things away", self._name)
        with self._changed:
            if not self._has_news():
                self._thread = None
            return self._has_news()

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._closed
