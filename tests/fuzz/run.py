"""Try cases of a kind in a process of their own, and report what became of each.

``python -m tests.fuzz.run KIND FIRST COUNT`` is that process: it prints one line of JSON before and
after each case. `run` starts it, and starts it again after a case that ended it.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import logging
import resource
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import BodySegError
from tests.fuzz.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable

HANGS_AFTER_SECONDS = 60
"""A case usually takes milliseconds."""

MAX_BYTES = int(1.5e9)
"""Most memory that the process may have taken after a case."""

REFUSED = "refused"
ROOT = Path(__file__).parents[2]


@dataclass
class Report:
    """What became of the cases of a kind.

    Attributes
    ----------
    kind : str
        The kind.
    outcomes : Counter
        How many cases were read, refused with an error of the package, and so on.
    faults : list of str
        The seed of each case that is a fault, and what happened.
    """

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Count those of another report, too."""
        self.outcomes += other.outcomes
        self.faults += other.faults

    def __str__(self) -> str:
        """Write it as a line."""
        counted = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return f"{self.outcomes.total()} {self.kind}: {counted}; {len(self.faults)} faults"


def run(kind: str, first: int, count: int) -> Report:
    """Try `count` cases, from the seed `first` on."""
    report = Report(kind)
    seed, end = first, first + count
    while seed < end:
        command = [sys.executable, "-m", "tests.fuzz.run", kind, str(seed), str(end - seed)]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
        for line in lines:
            if "outcome" in line:
                report.outcomes[line["outcome"]] += 1
                report.faults += [f"{kind} {line['seed']}: {fault}" for fault in line["faults"]]
        if process.returncode == 0:
            break
        seed = lines[-1]["seed"] if lines else seed
        report.outcomes["crashed"] += 1
        report.faults.append(
            f"{kind} {seed}: the process ended with {process.returncode}\n{process.stderr[-3000:]}"
        )
        seed += 1
    return report


def _try(kind: str, first: int, count: int) -> None:
    try_one: Callable[[Case], str] = importlib.import_module(f"tests.fuzz.{kind}").try_one
    told: list[str] = []
    threading.excepthook = lambda args: told.append(_in_short(args.exc_value))
    logging.getLogger("bodyseg_widgets").addHandler(_Unexpected(told))
    warnings.simplefilter("ignore")
    for seed in range(first, first + count):
        _say(seed=seed)
        faulthandler.dump_traceback_later(HANGS_AFTER_SECONDS, exit=True)
        told.clear()
        with tempfile.TemporaryDirectory(prefix="bodyseg-fuzz-") as folder:
            try:
                outcome = try_one(Case(seed, Path(folder)))
            except BodySegError:
                outcome = REFUSED
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                outcome = "failed"
                told.append(_in_short(error))
        faulthandler.cancel_dump_traceback_later()
        taken = _most_memory()
        if taken > MAX_BYTES:
            told.append(f"the process has taken {taken / 1e9:.1f} GB")
        _say(seed=seed, outcome=outcome, faults=told)
        if taken > MAX_BYTES:
            # All that follow would have taken as much.
            sys.exit(1)


def _most_memory() -> int:
    """Return how many bytes of memory this process has taken at most."""
    status = Path("/proc/self/status")
    if status.exists():
        # Linux counts for `getrusage` what the process had that started this one.
        return 1024 * int(status.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _say(**line: Any) -> None:  # noqa: ANN401 - whatever JSON takes
    print(json.dumps(line), flush=True)  # noqa: T201


def _in_short(error: BaseException | None) -> str:
    return "".join(traceback.format_exception(error)[-4:])


class _Unexpected(logging.Handler):
    """Notes errors that threads log, where they have no one to raise them to."""

    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, BodySegError):
            self._told.append(f"{record.getMessage()}\n{_in_short(error)}")


if __name__ == "__main__":
    _try(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
