"""Models in the page against models in the kernel, live in one JupyterLab.

    python -m benchmarks.in_page [--seconds 8] [--turns 3]

The same Explorer runs each model with runtime 'tensorflow' and 'browser' in turn, so that other
work on the machine meets both: the ratios count. BodyPix is measured if its weights are there, as
in the folder of ``BODYSEG_MODELS``. Nobody in Python asks for results of the page, which is when
the kernel has nothing to do: its messages are counted. Masks per second are the panel's own count,
and the delay is read from the images that are drawn. How long a model takes, from an image's pixels
to its result, is then measured in the same page by
`Explorer.measure_speed`, in which Python has the one thread of a stream.

Before that: how long it is from Start to the first mask in a browser that has none of the files,
and in one that has them, and what is fetched; what an agreement of two models in the page takes.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.measuring.kernel_messages import COUNT, KernelMessages
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, at_most, figure
from benchmarks.measuring.processes import cores_during
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, own_rates, start
from bodyseg_widgets.errors import MissingWeightsError
from bodyseg_widgets.models import BodyPixVariant, find_weights
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from benchmarks.measuring.laboratory import Laboratory
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

EXPLORER = f"""{COUNT}
from bodyseg_widgets import Explorer
explorer = Explorer({{model!r}}, runtime={{runtime!r}}, mirror=False)
explorer
"""
AGREEMENT = f"""{COUNT}
from bodyseg_widgets import Compare
compare = Compare(["general", "landscape"], runtime="browser", show=("agreement",), mirror=False)
compare
"""
MEASURE = """
measured = explorer.measure_speed({model!r}, {seconds}, progress=False)
speeds = {{each.runtime: each.latency["infer"].p50 for each in measured.speeds}}
"""
KERNEL = "kernel"
RUNTIMES = ("tensorflow", "browser")
GOALS = {"general": 28, "full": 18}
"""Masks per second with runtime 'browser', of a camera with 30."""
BODYPIX = BodyPixVariant(quant_bytes=2)
MOST_OF_KERNEL = 1 / 20
MOST_BYTES = 6000
"""For each mask that Python gets."""
MAX_START_MS = 3000
WINDOW = (1100, 1000)
TWO_PANELS = (1500, 1400)


@dataclass
class Turns:
    """What was measured of one runtime in each turn."""

    kernel: list[float] = field(default_factory=list)
    """Cores."""
    rates: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    """Medians, ms."""
    frames: int = 0
    """Messages to the kernel that have a frame."""


def measure_live(page: QuietPage, server: Server, model: str, seconds: float, turns: int) -> None:
    """Print the figures of one model."""
    notebook = Notebook(page, server, [EXPLORER.format(model=model, runtime="tensorflow")])
    notebook.run_all()
    start(page)
    messages = KernelMessages(notebook)
    measured = {runtime: Turns() for runtime in RUNTIMES}
    for _ in range(turns):
        for runtime, its in measured.items():
            notebook.execute(f"explorer.runtime = {runtime!r}")
            notebook.wait_for("explorer.stream.state == 'ready'")
            page.wait_for_timeout(SETTLE_MS)
            messages.clear()
            cores = cores_during(lambda its=its: its.rates.append(own_rates(page, seconds)[0]))
            its.kernel.append(cores.by_role.get(KERNEL, math.nan))
            its.delays.append(watch(page, CANVAS, seconds).delay)
            its.frames += messages.received.get("frame", 0)
    notebook.execute(MEASURE.format(model=model, seconds=seconds))
    times = notebook.value("speeds")
    kernel, own = measured["tensorflow"], measured["browser"]
    print(f"{model}, {turns} turns of {seconds:g} s with each runtime")
    for runtime, its in measured.items():
        figure(f"kernel, cores, {runtime}", median(its.kernel), digits=4)
    ratio = median(own.kernel) / median(kernel.kernel)
    at_most("kernel, browser by tensorflow", ratio, MOST_OF_KERNEL, digits=3)
    figure("frames to the kernel, tensorflow", kernel.frames, digits=0)
    at_most("frames to the kernel, browser", own.frames, 0, digits=0)
    figure("masks/s, tensorflow", median(kernel.rates))
    if model in GOALS:
        at_least("masks/s, browser", median(own.rates), GOALS[model])
    else:
        figure("masks/s, browser", median(own.rates))
    for runtime, its in measured.items():
        figure(f"camera to screen, median ms, {runtime}", median(its.delays))
    ratio = median(own.delays) / median(kernel.delays)
    at_most("camera to screen, browser by tensorflow", ratio, 1, digits=2)
    for runtime, ms in times.items():
        figure(f"pixels to result, ms, {runtime}", ms)
    figure("time, browser by tensorflow", times["browser"] / times["tensorflow"], digits=2)
    notebook.close()


def measure_start(lab: Laboratory, model: str) -> None:
    """Print how long the first mask takes without and with the files, and what a second panel does.

    A page that is new to the browser has them from the browser, and a panel from the page.
    """
    print(f"{model}, from Start to the first mask")
    with lab.browser(TWO_PANELS) as page:
        for cache, has_files in (("empty", False), ("full", True)):
            cell = EXPLORER.format(model=model, runtime="browser")
            notebook = Notebook(page, lab.server, [cell])
            notebook.run_all()
            at_most(f"cache {cache}, ms", start(page), MAX_START_MS)
            messages = KernelMessages(notebook)
            most = 0 if has_files else math.inf
            at_most("  files from the kernel, bytes", messages.file_bytes, most, digits=0)
            messages.clear()
            notebook.execute(f"second = explorer.add({model!r})")
            notebook.wait_for("second.stream.state == 'ready'")
            at_most("  and for a second panel", messages.file_bytes, 0, digits=0)
            notebook.close()


def measure_agreement(page: QuietPage, server: Server, seconds: float) -> None:
    """Print what goes to the kernel while it compares the masks of two models in the page."""
    notebook = Notebook(page, server, [AGREEMENT])
    notebook.run_all()
    start(page)
    # A table that cannot be seen asks for nothing.
    page.evaluate("() => document.querySelector('.bodyseg-agreement').scrollIntoView(false)")
    messages = KernelMessages(notebook)
    notebook.wait_for("_received['seen'] > 0")
    page.wait_for_timeout(SETTLE_MS)
    messages.clear()
    rates = own_rates(page, seconds)
    received, sizes = messages.received, messages.received_bytes
    results = received["seen"]
    print("agreement of general and landscape in the page, to the kernel")
    figure("masks/s drawn, of both", sum(rates))
    figure("results", results, digits=0)
    for kind, size in sorted(sizes.items(), key=lambda each: -each[1]):
        figure(f"{kind}: bytes, by {received[kind]} messages", size / received[kind], digits=0)
    at_most("all bytes per result", sum(sizes.values()) / results, MOST_BYTES, digits=0)
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8, help="of each turn")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    models = [*GOALS]
    try:
        find_weights(BODYPIX)
    except MissingWeightsError as error:
        print(error)
    else:
        models.append(BODYPIX.name)
    with laboratory() as lab:
        for model in GOALS:
            measure_start(lab, model)
        with lab.browser(TWO_PANELS) as page:
            measure_agreement(page, lab.server, options.seconds)
    for model in models:
        with laboratory() as lab, lab.browser(WINDOW) as page:
            measure_live(page, lab.server, model, options.seconds, options.turns)


if __name__ == "__main__":
    main()
