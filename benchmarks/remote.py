"""Masks over a slow link, as from a notebook server far away.

    python -m benchmarks.remote [--mbit 10] [--delay 20] [--seconds 10]

JupyterLab is loaded at full speed. Then the link gets slow: all that passes between browser and
server, in either direction, has the given rate and is late by the given delay. Four panels are
shown, and then one.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchmarks.compare import COMPARE, LAST_FRAME, SLOW_SECONDS
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, at_most, figure, print_cores
from benchmarks.measuring.shaping import Link, shaped
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, WAY_JS, own_figures, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from benchmarks.measuring.shaping import ShapedServer
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

WINDOW = (1700, 1200)
GOAL_LINK = Link(mbit=10, delay=20)
"""The goals are for this link."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Models side by side, and their goals."""

    models: tuple[str, ...]
    min_rate: float
    """Masks per second in each panel."""
    max_delay: float
    """Milliseconds from the camera to the screen."""


SUBJECTS = (
    Subject(("general", "landscape", "lite", "full"), min_rate=12, max_delay=160),
    Subject(("landscape",), min_rate=25, max_delay=120),
)


def measure(
    page: QuietPage, server: Server, link: ShapedServer, subject: Subject, seconds: float
) -> None:
    """Print rates and delay of some panels behind a link."""
    link.slow = False
    code = COMPARE.format(rows=[[*subject.models]], slowness=SLOW_SECONDS)
    notebook = Notebook(page, replace(server, url=link.url), [code])
    notebook.run_all()
    start(page)
    link.slow = True
    # Twice as long as without a link: what was on its way has to arrive first.
    page.wait_for_timeout(2 * SETTLE_MS)
    sent, began = (link.up.bytes, link.down.bytes), time.monotonic()
    own = own_figures(notebook, seconds, last_frame=LAST_FRAME)
    megabits = 8e-6 / (time.monotonic() - began)
    up, down = link.up.bytes - sent[0], link.down.bytes - sent[1]
    watched = watch(page, CANVAS, seconds)
    print(page.evaluate(WAY_JS))
    link.slow = False
    notebook.close()
    print(
        f"Panels: {len(subject.models)}, over {link.up.link.mbit:g} Mbit/s, "
        f"{link.up.link.delay:g} ms each way"
    )
    judged = link.up.link == GOAL_LINK
    for name, panel, its in zip(subject.models, watched.panels, own.rates, strict=True):
        at_least(f"{name}, masks/s seen", panel.rate, subject.min_rate if judged else 0)
        figure("  its own count", its)
    at_most("camera to screen, median ms", watched.delay, subject.max_delay)
    figure("pictures/s from the camera to the models", own.pictures)
    figure("messages of Jupyter per picture", own.messages, digits=2)
    figure("Mbit/s up", up * megabits, digits=2)
    figure("Mbit/s down", down * megabits, digits=2)
    print_cores(own.cores, own.pictures)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mbit", type=float, default=GOAL_LINK.mbit, help="in either direction")
    parser.add_argument("--delay", type=float, default=GOAL_LINK.delay, help="ms, one way")
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement, below 20")
    options = parser.parse_args()
    with (
        laboratory() as lab,
        shaped(lab.server.url, Link(options.mbit, options.delay)) as link,
        lab.browser(WINDOW) as page,
    ):
        for subject in SUBJECTS:
            measure(page, lab.server, link, subject, options.seconds)


if __name__ == "__main__":
    main()
