"""Memory of a page that runs models: level while they run, and free of those that were closed.

    python -m benchmarks.memory_in_page [--results 2000] [--times 30]

An Explorer runs a model in the page for many results; then one after the other is made, started and
closed after its first mask. Prints what the page's process has for itself, the page's JavaScript
heap after a collection, and how many workers run.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import psutil

from benchmarks.measuring.footprint import Footprint, footprint, page_process, workers
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_most, figure
from benchmarks.measuring.widgets import own_rates, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

MODELS = ("general", "full")
WINDOW = (1100, 1000)
WARM_UP_MS = 20_000
"""Twice as long as the page keeps frames."""
INTERVAL = 4
"""Seconds between two samples."""
PART = 4
"""The first and the last of so many parts are compared."""
WARM_UP_TIMES = 3
COMPARED_TIMES = 5
LEVEL = 3
"""Growth that counts as level, percent: memory varies by that much between collections."""
ENDING_MS = 1000
"""More than what was closed takes to end."""

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer({model!r}, runtime="browser", mirror=False)
explorer
"""
PLACE = """
import gc
import ipywidgets
from IPython.display import clear_output
from bodyseg_widgets import Explorer
output = ipywidgets.Output()
output
"""
MAKE = """
shown = Explorer("general", runtime="browser", mirror=False)
with output:
    display(shown)
"""
CLOSE = """
shown.close()
with output:
    clear_output()
del shown
gc.collect()
"""


@dataclass(frozen=True)
class Sample:
    """What a page takes at one time."""

    results: float
    memory: Footprint
    workers: int


class Sampler:
    """Takes samples of a page."""

    def __init__(self, page: QuietPage, notebook: Notebook) -> None:
        self._page = page
        self._renderer = page_process()
        self._kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        print(f"{'results':>8} {'kernel MiB':>11} {'page MiB':>9} {'heap MiB':>9} {'workers':>8}")

    def take(self, results: float) -> Sample:
        """Take one, and print it."""
        memory = footprint(self._page, self._renderer, self._kernel)
        sample = Sample(results, memory, workers(self._renderer))
        print(
            f"{results:8.0f} {memory.kernel:11.1f} {memory.page:9.1f} {memory.heap:9.2f} "
            f"{sample.workers:8}",
            flush=True,
        )
        return sample


def judge(early: Sequence[Sample], late: Sequence[Sample]) -> None:
    """Print what memory has grown by, in percent, and whether there are more workers."""
    for name in ("page", "heap"):
        first, last = (median(getattr(each.memory, name) for each in some)
                       for some in (early, late))  # fmt: skip
        figure(f"{name}, growth in MiB", last - first, digits=2)
        at_most(f"{name}, growth in percent", 100 * (last / first - 1), LEVEL)
    more = max(each.workers for each in late) - max(each.workers for each in early)
    at_most("more workers", more, 0, digits=0)


def measure_stream(page: QuietPage, server: Server, model: str, results: int) -> None:
    """Print what a page takes while a model runs in it."""
    print(f"{model}, {results} results")
    notebook = Notebook(page, server, [EXPLORER.format(model=model)])
    notebook.run_all()
    start(page)
    page.wait_for_timeout(WARM_UP_MS)
    sampler = Sampler(page, notebook)
    samples = [sampler.take(0)]
    done = 0.0
    while done < results:
        done += own_rates(page, INTERVAL)[0] * INTERVAL
        samples.append(sampler.take(done))
    part = max(1, len(samples) // PART)
    judge(samples[:part], samples[-part:])
    notebook.close()


def measure_closing(page: QuietPage, server: Server, times: int) -> None:
    """Print what a page takes after one Explorer after the other has run in it."""
    print(f"{times} Explorers, each closed after its first mask")
    notebook = Notebook(page, server, [PLACE])
    notebook.run_all()
    notebook.wait_for("'output' in globals()")
    sampler = Sampler(page, notebook)
    before = sampler.take(0)
    samples = []
    for number in range(1, WARM_UP_TIMES + times + 1):
        notebook.execute(MAKE)
        start(page)
        notebook.execute(CLOSE)
        page.wait_for_timeout(ENDING_MS)
        samples.append(sampler.take(number))
    judge(samples[WARM_UP_TIMES:][:COMPARED_TIMES], samples[-COMPARED_TIMES:])
    at_most("workers left", samples[-1].workers - before.workers, 0, digits=0)
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--results", type=int, default=2000, help="of each model")
    parser.add_argument("--times", type=int, default=30, help=f"at least {2 * COMPARED_TIMES}")
    options = parser.parse_args()
    for model in MODELS:
        with laboratory() as lab, lab.browser(WINDOW) as page:
            measure_stream(page, lab.server, model, options.results)
    with laboratory() as lab, lab.browser(WINDOW) as page:
        measure_closing(page, lab.server, options.times)


if __name__ == "__main__":
    main()
