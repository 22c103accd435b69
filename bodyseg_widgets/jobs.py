"""Many jobs, one after the other or on many computers, of which each has an outcome of its own.

A job fails alone: its error becomes the reason in its `Outcome`, and so does the end of the process
that worked on it. What is in memory does not grow with the number of jobs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import BodySegError, InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.synchronize import Event

__all__ = ["ExecutorLike", "Outcome", "check_executor", "reason_of", "run_all"]

Job = TypeVar("Job")
Value = TypeVar("Value")

ExecutorLike: TypeAlias = "Executor | int | None"
"""Where jobs run: None is this process, a number that many processes of this computer, and
otherwise any executor, such as ``dask.distributed.Client(...).get_executor()``."""

_AHEAD: Final = 256
"""Jobs that an executor has at a time: enough for a large cluster to have its next ones."""
_AHEAD_PER_PROCESS: Final = 2


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Job, Value]):
    """What became of one job.

    Attributes
    ----------
    index : int
        Its number, from 0, in the order in which jobs were given.
    job : object
        The job.
    value : object or None
        What came of it; None if it failed.
    reason : str
        Why it failed; empty if it did not.
    """

    index: int
    job: Job
    value: Value | None
    reason: str = ""


def check_executor(executor: object) -> None:
    """Raise an error unless jobs can run on this.

    Raises
    ------
    InvalidOptionError
        It is neither an executor, None nor a number of processes.

    Examples
    --------
    >>> from bodyseg_widgets.jobs import check_executor
    >>> check_executor(0)
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: executor must be None (this process), a number of \
processes (at least 1) or a concurrent.futures.Executor, but got 0.
    """
    if executor is None or isinstance(executor, Executor):
        return
    if isinstance(executor, int) and not isinstance(executor, bool) and executor >= 1:
        return
    hint = (
        " Of a Dask cluster, pass client.get_executor()."
        if hasattr(executor, "get_executor")
        else ""
    )
    raise InvalidOptionError(
        "executor must be None (this process), a number of processes (at least 1) or a "
        f"concurrent.futures.Executor, but got {in_short(executor)}.{hint}"
    )


def run_all(
    function: Callable[[Job], Value], jobs: Iterable[Job], executor: ExecutorLike = None
) -> Generator[Outcome[Job, Value], None, None]:
    """Run a function on each job, and yield the outcomes as they come.

    Parameters
    ----------
    function : callable
        ``(job) -> value``. Other processes have to be able to import it.
    jobs : iterable
        The jobs. They are taken as they are needed.
    executor : Executor, int or None
        None runs them in this process, in order. A number starts so many processes; if one of
        them ends (it was killed, or had no memory left), jobs are repeated, and only the one that
        ends its process every time fails. Any other executor decides for itself.

    Yields
    ------
    Outcome
        One for each job.

    Raises
    ------
    InvalidOptionError
        As `check_executor`; or processes end before they begin, as those of a script do that
        starts them outside of ``if __name__ == "__main__":``.

    Examples
    --------
    >>> from bodyseg_widgets.jobs import run_all
    >>> for outcome in run_all(lambda number: 6 // number, [3, 0, 2]):
    ...     print(outcome.index, outcome.reason or outcome.value)
    0 2
    1 ZeroDivisionError: integer division or modulo by zero
    2 3
    """
    check_executor(executor)
    numbered = enumerate(jobs)
    if executor is None:
        return _here(function, numbered)
    if isinstance(executor, Executor):
        return _on(executor, function, numbered)
    return _on_processes(executor, function, numbered)


def _here(
    function: Callable[[Job], Value], numbered: Iterator[tuple[int, Job]]
) -> Generator[Outcome[Job, Value], None, None]:
    for index, job in numbered:
        value, reason = _tried(function, job)
        yield Outcome(index, job, value, reason)


def _tried(function: Callable[[Job], Value], job: Job) -> tuple[Value | None, str]:
    # The error itself may be one that cannot go to another process.
    try:
        return function(job), ""
    except Exception as error:  # noqa: BLE001 - it is the job's, and told with its outcome
        return None, reason_of(error)


def reason_of(error: BaseException) -> str:
    """Return why something failed, for a list of what did.

    Examples
    --------
    >>> from bodyseg_widgets.jobs import reason_of
    >>> reason_of(KeyError("a"))
    "KeyError: 'a'"
    """
    if isinstance(error, BodySegError):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _on(
    executor: Executor, function: Callable[[Job], Value], numbered: Iterator[tuple[int, Job]]
) -> Generator[Outcome[Job, Value], None, None]:
    waiting: dict[Future[tuple[Value | None, str]], tuple[int, Job]] = {}
    try:
        while True:
            for index, job in islice(numbered, _AHEAD - len(waiting)):
                try:
                    waiting[executor.submit(_tried, function, job)] = (index, job)
                except Exception as error:  # noqa: BLE001 - executors raise what they like
                    yield Outcome(index, job, None, reason_of(error))
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                index, job = waiting.pop(future)
                value, reason = _answer(future)
                yield Outcome(index, job, value, reason)
    finally:
        for future in waiting:
            future.cancel()


def _answer(future: Future[tuple[Value | None, str]]) -> tuple[Value | None, str]:
    error = future.exception()
    return future.result() if error is None else (None, reason_of(error))


def _on_processes(
    count: int, function: Callable[[Job], Value], numbered: Iterator[tuple[int, Job]]
) -> Generator[Outcome[Job, Value], None, None]:
    while True:
        lost = yield from _until_broken(count, function, numbered)
        if not lost:
            return
        # One of them ends its process. Alone, each shows whether it is the one.
        for index, job in lost:
            alone = iter([(index, job)])
            if (yield from _until_broken(1, function, alone)):
                yield Outcome(
                    index,
                    job,
                    None,
                    "The process that worked on it ended, twice: it was killed, or had no memory "
                    "left, or a library crashed.",
                )


def _until_broken(
    count: int, function: Callable[[Job], Value], numbered: Iterator[tuple[int, Job]]
) -> Generator[Outcome[Job, Value], None, list[tuple[int, Job]]]:
    """Yield outcomes until all jobs are done, or a process ends; return the jobs that this lost."""
    # Python that runs in a page has no processes.
    from concurrent.futures.process import (  # noqa: PLC0415
        BrokenProcessPool,
        ProcessPoolExecutor,
    )

    waiting: dict[Future[tuple[Value | None, str]], tuple[int, Job]] = {}
    lost: list[tuple[int, Job]] = []
    context = _context(function)
    life, end = context.Pipe(duplex=False)
    started = context.Event()
    pool = ProcessPoolExecutor(
        count, mp_context=context, initializer=_begin, initargs=(started, life)
    )
    try:
        while not lost:
            for index, job in islice(numbered, _AHEAD_PER_PROCESS * count - len(waiting)):
                try:
                    waiting[pool.submit(_tried, function, job)] = (index, job)
                except BrokenProcessPool:
                    lost.append((index, job))
                    break
            if not waiting:
                break
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                index, job = waiting.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append((index, job))
                    continue
                value, reason = _answer(future)
                yield Outcome(index, job, value, reason)
        if lost and not started.is_set():
            raise InvalidOptionError(
                "No process could be started: each ended before it began to work. In a script, "
                "put what starts them under 'if __name__ == \"__main__\":', because each runs the "
                "script's other lines first; or leave out executor, for this process alone."
            )
        return [*lost, *waiting.values()]
    finally:
        # Who stops iterating does not wait for jobs that nobody needs: their processes end.
        if waiting:
            end.close()
        pool.shutdown(cancel_futures=True)
        end.close()
        life.close()


def _context(function: Callable[..., object]) -> SpawnContext | ForkServerContext:
    # Threads of networks do not survive a fork of this process.
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Processes are forked from one that has imported this, so each starts at once.
    context.set_forkserver_preload([function.__module__])
    return context


def _begin(started: Event, life: Connection) -> None:
    """Begin to work, until the process that started this one closes its end, or is killed."""
    from multiprocessing.connection import wait as wait_for  # noqa: PLC0415

    started.set()
    # Where Ctrl-C is pressed, that process hears of it, too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        wait_for([life])
        os._exit(1)

    threading.Thread(target=watch, name="bodyseg-parent", daemon=True).start()
