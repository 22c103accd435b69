"""Memory of kernel and page over minutes of streaming: it must stay level.

    python -m benchmarks.memory [--minutes 5] [--model blazepose]

Prints the resident memory of the kernel's and the page's processes, and the page's JavaScript heap
after a collection, every ten seconds; at the end, how much each grew after the first minute.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import psutil

from benchmarks.live import EXPLORER, LAST_FRAME, SUBJECTS
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.widgets import start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.quiet_chromium import QuietPage

INTERVAL = 10
WARM_UP = 60
MEBIBYTE = 2**20
LEVEL = 0.03
"""Growth that counts as level: the page's memory varies by that much between garbage
collections."""


def page_process() -> psutil.Process:
    """Find the process that runs the page: the renderer with the most CPU time."""
    renderers = [
        process
        for process in psutil.Process().children(recursive=True)
        if "--type=renderer" in " ".join(process.cmdline())
    ]
    return max(renderers, key=lambda process: process.cpu_times().user)


def sample(page: QuietPage, kernel: psutil.Process) -> tuple[float, float, float]:
    """Return the resident memory of kernel and page, and the page's heap, in MiB."""
    heap = page.evaluate("() => { gc(); return performance.memory.usedJSHeapSize; }")
    return (
        kernel.memory_info().rss / MEBIBYTE,
        page_process().memory_info().rss / MEBIBYTE,
        heap / MEBIBYTE,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5, help="at least 2")
    parser.add_argument("--model", choices=[*SUBJECTS], default="selfie")
    options = parser.parse_args()
    if options.minutes < 2:  # noqa: PLR2004 - a minute of warm-up and one to compare
        parser.error(f"--minutes must be at least 2, but got {options.minutes:g}")
    subject = SUBJECTS[options.model](None, "tensorflow")
    flags = ["--enable-precise-memory-info", "--js-flags=--expose-gc"]
    with laboratory() as lab, lab.browser(subject.window, flags=flags) as page:
        notebook = Notebook(page, lab.server, [EXPLORER.format(**asdict(subject))])
        notebook.run_all()
        start(page)
        kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        print(f"{'seconds':>8} {'kernel MiB':>11} {'page MiB':>9} {'heap MiB':>9}")
        samples = []
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < options.minutes * 60:
            samples.append((elapsed, *sample(page, kernel)))
            print("{:8.0f} {:11.1f} {:9.1f} {:9.1f}".format(*samples[-1]), flush=True)
            page.wait_for_timeout(INTERVAL * 1000)
        frames = notebook.value(LAST_FRAME)
        notebook.close()
    warm = [each for each in samples if each[0] >= WARM_UP]
    half = len(warm) // 2
    print(f"{frames} frames; growth from the first to the second half after {WARM_UP} s:")
    for column, label in enumerate(("kernel", "page", "heap"), start=1):
        early = sum(each[column] for each in warm[:half]) / half
        late = sum(each[column] for each in warm[-half:]) / half
        growth = late / early - 1
        verdict = "level" if growth <= LEVEL else "GROWING"
        print(f"  {label:8} {late - early:+8.1f} MiB ({growth * 100:+.1f} %): {verdict}")


if __name__ == "__main__":
    main()
