"""How much memory this process holds on to."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc

import psutil


def memory_held() -> int:
    """Resident bytes of this process, without what is free and only kept for later.

    glibc keeps freed memory for the next allocation, a hundred megabytes on some machines, and
    hands it back when it is told to. Other C libraries are taken as they are.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(ctypes.util.find_library("c")), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(psutil.Process().memory_info().rss)
