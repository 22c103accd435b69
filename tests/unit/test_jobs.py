"""Many jobs: in this process, on several, on threads, and on a Dask cluster of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest

from bodyseg_widgets import InvalidOptionError
from bodyseg_widgets.errors import ExistingFileError
from bodyseg_widgets.jobs import run_all
from tests.unit.dask_cluster import dask_executor
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor
    from pathlib import Path

WHERE = {
    "here": lambda: None,
    "two processes": lambda: 2,
    "threads": lambda: ThreadPoolExecutor(2),
    "a pool": lambda: ProcessPoolExecutor(2),
    "dask": dask_executor,
}


@pytest.fixture(params=WHERE)
def executor(request: pytest.FixtureRequest) -> Iterator[Executor | int | None]:
    made = WHERE[request.param]()
    yield made
    if isinstance(made, ThreadPoolExecutor | ProcessPoolExecutor):
        made.shutdown()


def inverse(number: int) -> float:
    if number < 0:
        # An error that cannot go to another process as it is.
        raise ExistingFileError(f"{number}.png")  # type: ignore[arg-type]
    return 1 / number


def test_each_job_has_its_outcome_and_a_bad_one_takes_none_along(
    executor: Executor | int | None,
) -> None:
    outcomes = sorted(run_all(inverse, [1, 0, 4, -1, 2], executor), key=lambda each: each.index)
    assert [each.job for each in outcomes] == [1, 0, 4, -1, 2]
    assert [each.value for each in outcomes] == [1, None, 0.25, None, 0.5]
    assert outcomes[1].reason == "ZeroDivisionError: division by zero"
    assert outcomes[3].reason.startswith("'-1.png' exists already")


def test_no_jobs_have_no_outcomes(executor: Executor | int | None) -> None:
    assert [*run_all(inverse, [], executor)] == []


@dataclass(frozen=True)
class EndProcessOnce:
    """Ends the process that works on job 3, the first time."""

    folder: Path

    def __call__(self, number: int) -> int:
        if number == 3 and not (self.folder / "ended").exists():
            (self.folder / "ended").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number


@pytest.mark.parametrize("where", ["two processes", "dask"])
def test_a_killed_worker_loses_nothing(tmp_path: Path, where: str) -> None:
    function = EndProcessOnce(tmp_path)
    outcomes = [*run_all(function, range(12), WHERE[where]())]
    assert (tmp_path / "ended").exists()
    assert sorted(each.index for each in outcomes) == [*range(12)]
    assert all(each.value == each.index for each in outcomes)


def end_process(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_job_that_always_ends_its_process_fails_alone() -> None:
    outcomes = [*run_all(end_process, range(8), 2)]
    assert sorted(each.index for each in outcomes) == [*range(8)]
    (bad,) = [each for each in outcomes if each.value is None]
    assert bad.index == 3
    assert "ended, twice" in bad.reason


@dataclass(frozen=True)
class WaitForFile:
    """Job 0 is not done before there is a file."""

    file: Path

    def __call__(self, number: int) -> int:
        while number == 0 and not self.file.exists():
            time.sleep(0.01)
        return number


@pytest.mark.parametrize("where", [each for each in WHERE if each != "here"])
def test_outcomes_come_as_they_are_there(tmp_path: Path, where: str) -> None:
    executor = WHERE[where]()
    outcomes = run_all(WaitForFile(tmp_path / "go"), [0, 1, 2], executor)
    first = [next(outcomes).index, next(outcomes).index]
    assert sorted(first) == [1, 2]
    (tmp_path / "go").touch()
    assert [each.index for each in outcomes] == [0]
    if isinstance(executor, ThreadPoolExecutor | ProcessPoolExecutor):
        executor.shutdown()


def process_and_wait(number: int) -> int:
    if number:
        time.sleep(600)
    return os.getpid()


def test_who_stops_taking_outcomes_does_not_wait_for_the_rest() -> None:
    outcomes = run_all(process_and_wait, [0, 1, 2, 3], 2)
    worker = next(outcomes).value
    assert worker is not None
    outcomes.close()
    assert not psutil.pid_exists(worker)


def test_jobs_are_taken_as_they_are_needed() -> None:
    taken = []

    def jobs() -> Iterator[int]:
        for number in range(1, 10_000):
            taken.append(number)
            yield number

    outcomes = run_all(inverse, jobs(), 1)
    next(outcomes)
    assert len(taken) < 10
    outcomes.close()


@pytest.mark.parametrize("executor", [0, -1, True, 1.5, "dask"])
def test_what_is_no_executor_is_refused(executor: object) -> None:
    with pytest.raises(InvalidOptionError, match=r"concurrent\.futures\.Executor, but got"):
        run_all(inverse, [1], executor)  # type: ignore[arg-type]


UNGUARDED = """
from bodyseg_widgets.jobs import run_all
print(*run_all(abs, range(200), 2))
"""


def test_a_script_that_starts_itself_again_is_told_how_not_to(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "InvalidOptionError: No process could be started" in done.stderr
    assert "put what starts them under 'if __name__ ==" in done.stderr


def test_a_client_in_place_of_its_executor_is_told() -> None:
    class Client:
        get_executor: Callable[[], None]

        def __init__(self) -> None:
            self.get_executor = lambda: None

    with pytest.raises(InvalidOptionError, match=r"pass client\.get_executor\(\)"):
        run_all(inverse, [1], Client())  # type: ignore[arg-type]


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    code = (
        "from bodyseg_widgets.jobs import run_all\n"
        "from tests.unit.test_jobs import WritePid\n"
        "from pathlib import Path\n"
        f"list(run_all(WritePid(Path({str(tmp_path)!r})), [1, 2], 2))\n"
    )
    program = psutil.Popen([os.sys.executable, "-c", code])  # type: ignore[attr-defined]
    wait_until(lambda: len([*tmp_path.iterdir()]) == 2, 60)
    workers = [int(each.name) for each in tmp_path.iterdir()]
    program.kill()
    program.wait()
    wait_until(lambda: not any(map(psutil.pid_exists, workers)))


@dataclass(frozen=True)
class WritePid:
    """Says which process works on it, and goes on for long."""

    folder: Path

    def __call__(self, number: int) -> int:
        (self.folder / str(os.getpid())).touch()
        time.sleep(600)
        return number
