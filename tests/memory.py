"""How much memory this process uses."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc

import psutil


def memory_held() -> int:
    """Return this process's resident bytes, without free memory held for reuse.

    glibc keeps freed memory for the next allocation, a hundred megabytes on some machines, and
    returns it on request. Other C libraries are measured as they are.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(ctypes.util.find_library("c")), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(psutil.Process().memory_info().rss)
