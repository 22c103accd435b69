"""What was freed, for the system."""

from __future__ import annotations

import ctypes
import sys
import threading
import time

__all__ = ["FreedMemory", "give_memory_back"]

_INTERVAL = 30.0
"""Seconds. In half a minute of several models, some megabytes are left."""


def give_memory_back() -> None:
    """Give the system back the memory that was freed, which takes some milliseconds.

    The C library of most Linux systems keeps it, for each thread's own next use: of models that are
    loaded again and again, each time by another thread, about 100 MB are left each time. Other
    libraries give it back by themselves.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.freed_memory import give_memory_back
    >>> give_memory_back()
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class FreedMemory:
    """Gives the system back what was freed, at most twice a minute however often it is asked.

    Frames of several models are allocated and freed by several threads, which leave more and more
    memory unused between what they use. Thread-safe.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.freed_memory import FreedMemory
    >>> freed = FreedMemory()
    >>> freed.give_back_now_and_then(), freed.give_back_now_and_then()
    (False, False)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = time.monotonic() + _INTERVAL

    def give_back_now_and_then(self) -> bool:
        """Give it back if the last time was half a minute ago; return whether it was."""
        now = time.monotonic()
        with self._lock:
            if now < self._due:
                return False
            self._due = now + _INTERVAL
        give_memory_back()
        return True
