"""Models in the page against models in the kernel, live in one JupyterLab.

    python -m benchmarks.in_page [--seconds 8] [--turns 3]

The same Explorer runs each model with runtime 'tensorflow' and 'browser' in turn, so that other
work on the machine meets both: the ratios count. Nobody in Python asks for results of the page,
which is when the kernel has nothing to do. Masks per second are the panel's own count. How long a
model takes, from an image's pixels to its result, is then measured in the same page by
`Explorer.measure_speed`, in which Python has the one thread of a stream.
"""

from __future__ import annotations

import argparse
import math
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, at_most, figure
from benchmarks.measuring.processes import cores_during
from benchmarks.measuring.widgets import SETTLE_MS, own_rates, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer({model!r}, mirror=False)
explorer
"""
MEASURE = """
measured = explorer.measure_speed({model!r}, {seconds}, progress=False)
speeds = {{each.runtime: each.latency["infer"].p50 for each in measured.speeds}}
"""
KERNEL = "kernel"
RUNTIMES = ("tensorflow", "browser")
GOALS = {"general": 28, "full": 18}
"""Masks per second with runtime 'browser', of a camera with 30."""
MOST_OF_KERNEL = 1 / 20


def measure(page: QuietPage, server: Server, model: str, seconds: float, turns: int) -> None:
    """Print the figures of one model."""
    notebook = Notebook(page, server, [EXPLORER.format(model=model)])
    notebook.run_all()
    start(page)
    kernel: dict[str, list[float]] = {runtime: [] for runtime in RUNTIMES}
    rates: dict[str, list[float]] = {runtime: [] for runtime in RUNTIMES}
    for _ in range(turns):
        for runtime in RUNTIMES:
            notebook.execute(f"explorer.runtime = {runtime!r}")
            notebook.wait_for("explorer.stream.state == 'ready'")
            page.wait_for_timeout(SETTLE_MS)
            cores = cores_during(lambda: page.wait_for_timeout(1000 * seconds))
            kernel[runtime].append(cores.by_role.get(KERNEL, math.nan))
            rates[runtime].append(own_rates(page, seconds)[0])
    notebook.execute(MEASURE.format(model=model, seconds=seconds))
    times = notebook.value("speeds")
    print(f"{model}, {turns} turns of {seconds:g} s with each runtime")
    for runtime in RUNTIMES:
        figure(f"kernel, cores, {runtime}", median(kernel[runtime]), digits=4)
    ratio = median(kernel["browser"]) / median(kernel["tensorflow"])
    at_most("kernel, browser by tensorflow", ratio, MOST_OF_KERNEL, digits=3)
    figure("masks/s, tensorflow", median(rates["tensorflow"]))
    at_least("masks/s, browser", median(rates["browser"]), GOALS[model])
    for runtime, ms in times.items():
        figure(f"pixels to result, ms, {runtime}", ms)
    figure("time, browser by tensorflow", times["browser"] / times["tensorflow"], digits=2)
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    for model in GOALS:
        with laboratory() as lab, lab.browser((1100, 1000)) as page:
            measure(page, lab.server, model, options.seconds, options.turns)


if __name__ == "__main__":
    main()
