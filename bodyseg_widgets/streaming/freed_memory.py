"""What was freed, for the system."""

from __future__ import annotations

import ctypes
import sys

__all__ = ["give_memory_back"]


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
