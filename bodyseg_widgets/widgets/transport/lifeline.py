"""Distinguish a page that has disappeared from a kernel that was too busy to listen."""

from __future__ import annotations

import asyncio
import threading
import time


class Lifeline:
    """Waits until nothing has been heard for a while, although the kernel was listening.

    A page's messages are handled by an event loop, which is blocked while code runs in it, or by
    the thread of a link, which is blocked while native code keeps Python's lock. So a silence
    counts only the second time: after the first, the loop must show that it is running (of a link,
    this very thread has shown it), and from then on the page has the same time again.

    Parameters
    ----------
    patience : float
        Seconds without a message that count as one silence.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.lifeline import Lifeline
    >>> Lifeline(0.01).wait()
    False
    """

    def __init__(self, patience: float) -> None:
        self._changed = threading.Condition()
        self._closed = False
        self.heard(patience)

    def heard(self, patience: float) -> None:
        """Record a message, on the thread that handles it; set the new `patience`."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # On the thread of a link.
            loop = None
        with self._changed:
            self._patience = patience
            self._loop = loop
            self._asked = self._answered = False
            self._begin_again()

    def close(self) -> None:
        """Let `wait` return: nothing needs to be heard any longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self) -> bool:
        """Wait for `close` (return True) or a silence (return False)."""
        with self._changed:
            while not self._closed:
                left = self._since + self._patience - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                elif self._answered or (self._loop is not None and self._loop.is_closed()):
                    return False
                elif self._loop is None:
                    self._answered = True
                    self._begin_again()
                else:
                    if not self._asked:
                        self._asked = True
                        self._loop.call_soon_threadsafe(self._answer)
                    self._changed.wait(self._patience)
        return True

    def _answer(self) -> None:
        with self._changed:
            if self._asked:
                self._answered = True
                self._begin_again()

    def _begin_again(self) -> None:
        self._since = time.monotonic()
        self._changed.notify_all()
