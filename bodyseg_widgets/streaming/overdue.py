"""A watch over code of users, which may never return."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from bodyseg_widgets.in_page import RUNS_IN_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Overdue", "patience"]

LATE_SECONDS = 1.5
"""Seconds after which code of the user is late that has not returned."""

_MUCH_LONGER = 3
"""What takes long every time is late when it takes this many times as long."""


def patience(longest: float) -> float:
    """Return after how many seconds code is late that has taken so many at most until now."""
    return max(LATE_SECONDS, _MUCH_LONGER * longest)


class Overdue:
    """Says when something that was begun has not ended in time.

    Its thread is there from the first `begin` until `rest` or `close`. Thread-safe. Where there are
    no threads, as in JupyterLite, nobody watches.

    Parameters
    ----------
    late : callable
        Called without arguments, on a thread of its own, once for each `begin` without an `end` in
        time.
    name : str
        Name of the thread.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.overdue import Overdue
    >>> watch = Overdue(lambda: print("It takes long."), name="example")
    >>> watch.begin(60)
    >>> watch.end()
    >>> watch.close()
    """

    def __init__(self, late: Callable[[], object], *, name: str) -> None:
        self._late = late
        self._name = name
        self._changed = threading.Condition()
        self._due: float | None = None
        self._thread: threading.Thread | None = None
        # When it looks again by itself. Most of what is begun is due later, and wakes nobody.
        self._looks_again = math.inf
        self._closed = False

    def begin(self, seconds: float) -> None:
        """Begin something that is to end within so many seconds."""
        with self._changed:
            if self._closed or RUNS_IN_PAGE:
                return
            self._due = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            elif self._due < self._looks_again:
                self._changed.notify()

    def end(self) -> None:
        """End what was begun last."""
        with self._changed:
            self._due = None

    def rest(self) -> None:
        """End the thread; the next `begin` starts another one."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def close(self) -> None:
        """End the thread, for good."""
        with self._changed:
            self._closed = True
        self.rest()

    def _run(self) -> None:
        while self._wait():
            self._late()

    def _wait(self) -> bool:
        """Wait until something is late; return False when this thread is to end."""
        with self._changed:
            while self._thread is threading.current_thread():
                self._looks_again = math.inf if self._due is None else self._due
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    self._due = None
                    return True
                self._changed.wait(left)
        return False
