"""Whether somebody who should be heard from is gone, or Python only had no time to listen."""

from __future__ import annotations

import asyncio
import threading
import time


class Lifeline:
    """Waits until nothing has been heard for a while, though somebody listened.

    Messages of a page are handled by an event loop, and that stands still while code runs in
    it. So a silence counts twice: the first time the loop is asked for a sign of life, and
    from then on the page has as much time again.

    Parameters
    ----------
    patience : float
        Seconds without a word that make one silence.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.lifeline import Lifeline
    >>> Lifeline(0.01).wait()
    False
    """

    def __init__(self, patience: float) -> None:
        self._changed = threading.Condition()
        self._ended = False
        self.heard(patience)

    def heard(self, patience: float) -> None:
        """Note that somebody was heard, in the thread that did; what silence is from now on."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Whoever handles messages without an event loop cannot be asked.
            loop = None
        with self._changed:
            self._patience = patience
            self._loop = loop
            self._asked = self._answered = False
            self._begin_again()

    def end(self) -> None:
        """Let `wait` return: nobody needs to be heard any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self) -> bool:
        """Wait for `end`, which gives True, or a silence, which gives False."""
        with self._changed:
            while not self._ended:
                left = self._since + self._patience - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                elif self._loop is None or self._loop.is_closed() or self._answered:
                    return False
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
