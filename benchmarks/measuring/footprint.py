"""Memory of a kernel and of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from benchmarks.measuring.processes import RENDERER, role, thread_names, thread_part

if TYPE_CHECKING:
    from tests.browser.quiet_chromium import QuietPage

MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory at one time, in MiB.

    Attributes
    ----------
    kernel : float
        Resident memory of the kernel.
    page : float
        Memory that only the page's renderer has: no file or library that others have, too.
    heap : float
        JavaScript heap of the page, after a collection; the frame worker's is a part of `page`.
    """

    kernel: float
    page: float
    heap: float


def page_process() -> psutil.Process:
    """Find the process that runs the page: the renderer with the most CPU time."""
    renderers = [
        process
        for process in psutil.Process().children(recursive=True)
        if role(process.cmdline()) == RENDERER
    ]
    return max(renderers, key=lambda process: process.cpu_times().user)


def footprint(page: QuietPage, renderer: psutil.Process, kernel: psutil.Process) -> Footprint:
    """Measure what kernel and page take now, after the page has collected its garbage."""
    heap = page.heap_bytes()
    return Footprint(
        kernel=kernel.memory_info().rss / MEBIBYTE,
        page=renderer.memory_full_info().uss / MEBIBYTE,
        heap=heap / MEBIBYTE,
    )


def workers(renderer: psutil.Process) -> int:
    """Count the workers that a page runs, and those that these run; on Linux only."""
    names = thread_names(renderer.pid)
    return sum(thread_part(name, is_main=False) == "worker" for name in names)
