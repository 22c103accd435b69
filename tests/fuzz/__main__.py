"""Fuzz for as long as you like: ``python -m tests.fuzz --minutes 60 [KIND …]``, for each kind."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.kinds import KINDS
from tests.fuzz.run import Report, run


def main() -> int:
    """Print a line for each kind, and its faults; return 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--minutes", type=float, default=0, help="for each kind")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, help="how many cases at least")
    given = parser.parse_args()
    faults = 0
    for kind in given.kinds or KINDS:
        report, first = Report(kind), given.first
        count = given.count or KINDS[kind]
        end = time.monotonic() + 60 * given.minutes
        while not report.outcomes or time.monotonic() < end:
            report.add(run(kind, first, count))
            first += count
        print(report, *report.faults, sep="\n", flush=True)  # noqa: T201
        faults += len(report.faults)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
