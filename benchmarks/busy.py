"""Masks while a cell runs, with "Kernel Comms over subshells" on and off.

    python -m benchmarks.busy

The cell sleeps for five seconds, and then computes for five: pure Python, which lets other threads
run only now and then. The rate meanwhile counts as a share of the rate with no cell running, in the
same page.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, figure
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

CELL_SECONDS = 5
WATCHED_SECONDS = 4
"""Shorter than the cell, which needs a moment to start."""
MIN_SHARES = {"sleeps": 0.95, "computes": 0.0}
"""A cell that computes holds the interpreter's lock, and Python lets go of it every 5 ms."""
WINDOW = (1100, 1000)
KERNELS = "@jupyterlab/apputils-extension:kernels-settings"

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer(mirror=False)
explorer
"""
CELLS = {
    "sleeps": f"import time; time.sleep({CELL_SECONDS})",
    "computes": f"""
import time
end = time.monotonic() + {CELL_SECONDS}
while time.monotonic() < end:
    sum(range(1000))
""",
}


def measure(page: QuietPage, server: Server) -> None:
    """Print the rate while each cell runs, as a share of the rate with none."""
    notebook = Notebook(page, server, [EXPLORER])
    notebook.run_all()
    start(page)
    page.wait_for_timeout(SETTLE_MS)
    free = watch(page, CANVAS, CELL_SECONDS).panels[0].rate
    figure("pictures/s while no cell runs", free)
    for name, code in CELLS.items():
        notebook.start_executing(code)
        page.wait_for_timeout((CELL_SECONDS - WATCHED_SECONDS) * 500)
        busy = watch(page, CANVAS, WATCHED_SECONDS).panels[0].rate
        page.wait_for_timeout(SETTLE_MS)
        figure(f"pictures/s while a cell {name}", busy)
        at_least("  share", busy / free, MIN_SHARES[name], digits=2)
    notebook.close()


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    for setting, label in (("perCommTarget", "on"), ("disabled", "off")):
        settings = {KERNELS: {"commsOverSubshells": setting}}
        print(f"Kernel Comms over subshells {label}")
        with laboratory(settings=settings) as lab, lab.browser(WINDOW) as page:
            measure(page, lab.server)


if __name__ == "__main__":
    main()
