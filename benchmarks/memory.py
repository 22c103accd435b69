"""Memory of kernel and page over minutes of streaming: it must stay level.

    python -m benchmarks.memory [--minutes 5] [--model blazepose]

Prints the kernel's resident memory, what the page's process has for itself, and the page's
JavaScript heap after a collection, every ten seconds; at the end, how much each grew after the
first minute.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, astuple

import psutil

from benchmarks.live import EXPLORER, LAST_FRAME, SUBJECTS
from benchmarks.measuring.footprint import footprint, page_process
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.widgets import start
from tests.browser.lab import Notebook

INTERVAL = 10
WARM_UP = 60
LEVEL = 0.03
"""Growth that counts as level: the page's memory varies by that much between garbage
collections."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5, help="at least 2")
    parser.add_argument("--model", choices=[*SUBJECTS], default="selfie")
    options = parser.parse_args()
    if options.minutes < 2:  # noqa: PLR2004 - a minute of warm-up and one to compare
        parser.error(f"--minutes must be at least 2, but got {options.minutes:g}")
    subject = SUBJECTS[options.model](None, "tensorflow")
    with laboratory() as lab, lab.browser(subject.window) as page:
        notebook = Notebook(page, lab.server, [EXPLORER.format(**asdict(subject))])
        notebook.run_all()
        start(page)
        kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        renderer = page_process()
        print(f"{'seconds':>8} {'kernel MiB':>11} {'page MiB':>9} {'heap MiB':>9}")
        samples = []
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < options.minutes * 60:
            samples.append((elapsed, *astuple(footprint(page, renderer, kernel))))
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
