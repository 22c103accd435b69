"""Several models at once in JupyterLab, against the same models in a bare Python loop.

    python -m benchmarks.compare [--six] [--no-link] [--seconds 10]

The bare loop has one thread per model, which takes the newest image from a source with 30 images
per second, like the camera; no browser runs at that time. Then panels show a fake camera. For some
seconds nobody watches, and the CPU that each process takes is measured; then what appears in the
panels is counted. Finally, one fast model runs alone, and next to one that needs half a second per
image.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measuring.bare_loop import CAMERA_RATE, BareLoop, bare_loop
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, figure, print_cores
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, WAY_JS, own_figures, own_rates, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

SLOW_SECONDS = 0.5
MIN_SHARE_BESIDE_SLOW = 0.9

COMPARE = """
import time
from bodyseg_widgets import Compare, Webcam, add_model

def slow(image):
    time.sleep({slowness})
    return image.mean(axis=2) / 255

add_model("Slow", slow)
webcam = Webcam()
compares = [Compare(models, webcam, show=(), mirror=False) for models in {rows!r}]
streams = [panel.stream for compare in compares for panel in compare.panels]
display(*compares)
"""
LAST_FRAME = "max(stream.latest.frame.id for stream in streams)"


@dataclass(frozen=True, slots=True)
class Panels:
    """Models side by side, and their goals.

    Attributes
    ----------
    rows : tuple of tuple of str
        The models of each Compare.
    window : tuple of int
        Width and height of the browser's window, large enough for all of them.
    shares : dict
        The least share of the bare loop's rate, for each model that has a goal.
    sum_share : float
        The least share of the sum of the bare loop's rates.
    pictures : float
        The least rate of pictures from the camera.
    """

    rows: tuple[tuple[str, ...], ...]
    window: tuple[int, int]
    shares: dict[str, float]
    sum_share: float
    pictures: float

    @property
    def models(self) -> tuple[str, ...]:
        """All models, in the order of their panels."""
        return tuple(model for row in self.rows for model in row)


FOUR = Panels(
    (("general", "landscape", "lite", "full"),),
    (1700, 1200),
    {"general": 0.85, "landscape": 0.85, "lite": 0.8, "full": 0.8},
    0.8,
    28,
)
SIX = Panels(
    (("general", "landscape", "landscape"), ("lite", "full", "heavy")), (1700, 1800), {}, 0.75, 0
)


def open_compare(page: QuietPage, server: Server, rows: Sequence[Sequence[str]]) -> Notebook:
    """Display models side by side, press Start, and wait until the rates are steady."""
    code = COMPARE.format(rows=[[*row] for row in rows], slowness=SLOW_SECONDS)
    notebook = Notebook(page, server, [code])
    notebook.run_all()
    start(page)
    page.wait_for_timeout(SETTLE_MS)
    return notebook


def measure(
    page: QuietPage, server: Server, panels: Panels, bare: BareLoop, seconds: float
) -> None:
    """Print the rates of the panels, and the CPU that they take."""
    notebook = open_compare(page, server, panels.rows)
    own = own_figures(notebook, seconds, last_frame=LAST_FRAME)
    watched = watch(page, CANVAS, seconds)
    print(page.evaluate(WAY_JS))
    notebook.close()
    print(f"{len(panels.models)} panels: masks/s seen, and their share of the bare loop's rate")
    seen = [panel.rate for panel in watched.panels]
    for name, rate, its, alone in zip(panels.models, seen, own.rates, bare.rates, strict=True):
        figure(name, rate, note=f"{rate / alone:.2f} of the bare loop; its own count {its:.1f}")
        if name in panels.shares:
            at_least("  share", rate / alone, panels.shares[name], digits=2)
    at_least("sum, share", sum(seen) / sum(bare.rates), panels.sum_share, digits=2)
    figure("pictures/s that the camera gave", watched.camera)
    at_least("pictures/s from the camera to the models", own.pictures, panels.pictures)
    figure("messages of Jupyter per picture", own.messages, digits=2)
    figure("camera to screen, median ms", watched.delay)
    print_cores(own.cores, own.pictures)
    figure("watching took this share of the page", watched.probing, digits=3)


def beside_slow(page: QuietPage, server: Server, seconds: float) -> None:
    """Print how a slow model affects a fast one."""
    notebook = open_compare(page, server, [["landscape"]])
    (alone,) = own_rates(page, seconds)
    notebook.close()
    notebook = open_compare(page, server, [["landscape", "Slow"]])
    beside, _ = own_rates(page, seconds)
    notebook.close()
    print(f"landscape alone {alone:.1f} masks/s, beside a model of {SLOW_SECONDS} s {beside:.1f}")
    at_least("share of its rate", beside / alone, MIN_SHARE_BESIDE_SLOW, digits=2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--six", action="store_true", help="all five models, one of them twice")
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement, below 20")
    parser.add_argument("--no-link", action="store_true", help="frames go through Jupyter")
    options = parser.parse_args()
    panels = SIX if options.six else FOUR
    bare = bare_loop(panels.models, options.seconds)
    print(f"Bare Python loop, a thread for each model, pictures at {CAMERA_RATE}/s")
    for name, rate in zip(panels.models, bare.rates, strict=True):
        figure(name, rate, note="results/s")
    figure("cores", bare.cores, digits=2)
    with laboratory(link=not options.no_link) as lab, lab.browser(panels.window) as page:
        measure(page, lab.server, panels, bare, options.seconds)
        if not options.six:
            beside_slow(page, lab.server, options.seconds)


if __name__ == "__main__":
    main()
