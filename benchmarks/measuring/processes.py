"""CPU time of this process and all that it started, by what each process is for."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RENDERER = "renderer"
_THREADS = {
    "DedicatedWorker": "worker",
    "Compositor": "compositor",
}
"""Beginnings of the names of a renderer's threads, which the system cuts to 15 characters."""
_UTILITIES = {"NetworkService": "browser and network", "VideoCaptureService": "camera"}
_TYPES = {RENDERER: RENDERER, "gpu-process": "graphics"}
_PROGRAMS = {
    "ipykernel_launcher": "kernel",
    "jupyterlab": "Jupyter server",
    "peers/apps": "server",
}

Part: TypeAlias = "tuple[str, str]"
"""What a process is for, and which of its threads; an empty name for all of them."""


def role(command: Sequence[str]) -> str:
    """Return what a process is for, from its command line."""
    text = " ".join(command)
    kind = re.search(r"--type=(\S+)", text)
    if kind or "--remote-debugging-port" in text:
        service = re.search(r"--utility-sub-type=\S*?(\w+)(?:\s|$)", text)
        if service:
            return _UTILITIES.get(service[1], "browser and network")
        return _TYPES.get(kind[1] if kind else "", "browser and network")
    for program, name in _PROGRAMS.items():
        if program in text:
            return name
    return "other"


def thread_part(name: str, *, is_main: bool) -> str:
    """Return which part of a renderer a thread is."""
    if is_main:
        return "main"
    return next((part for start, part in _THREADS.items() if name.startswith(start)), "other")


def parse_stat(text: str) -> tuple[str, int]:
    """Return the name and the CPU time, in clock ticks, that a Linux `stat` file tells.

    Examples
    --------
    >>> parse_stat("7 (a (b) c) S 1 7 7 0 -1 4194560 0 0 0 0 12 3 0 0 20 0 1 0")
    ('a (b) c', 15)
    """
    start, end = text.index("("), text.rindex(")")
    fields = text[end + 1 :].split()
    return text[start + 1 : end], int(fields[11]) + int(fields[12])


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds at one time.

    Attributes
    ----------
    at : float
        When, in seconds of `time.monotonic`.
    seconds : dict
        CPU seconds by process id and part. A process has one entry for all its threads, and on
        Linux a renderer one for each of its parts.
    machine : float
        CPU seconds of the whole machine.
    """

    at: float
    seconds: dict[tuple[int, Part], float]
    machine: float


@dataclass(frozen=True, slots=True)
class Cores:
    """Cores in use, on average over a time.

    Attributes
    ----------
    by_role : dict
        What processes are for, and their cores.
    renderer : dict
        The parts of the renderers, and their cores; empty where the system does not tell.
    rest : float
        Cores that other work on this machine took.
    """

    by_role: dict[str, float]
    renderer: dict[str, float]
    rest: float

    @property
    def total(self) -> float:
        """The sum over all processes."""
        return sum(self.by_role.values())


def spent() -> Spent:
    """Return the CPU time so far of this process's children and their children."""
    seconds: dict[tuple[int, Part], float] = {}
    for process in psutil.Process().children(recursive=True):
        # A process may end at any time.
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            name = role(process.cmdline())
            times = process.cpu_times()
            seconds[process.pid, (name, "")] = times.user + times.system
            if name == RENDERER and sys.platform == "linux":
                for part, its in _renderer_parts(process.pid).items():
                    seconds[process.pid, (name, part)] = its
    machine = psutil.cpu_times()
    idle = machine.idle + getattr(machine, "iowait", 0.0) + getattr(machine, "guest", 0.0)
    return Spent(time.monotonic(), seconds, sum(machine) - idle)


def _renderer_parts(pid: int) -> dict[str, float]:
    parts: Counter[str] = Counter()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # threads end, too
            name, ticks = parse_stat((task / "stat").read_text())
            parts[thread_part(name, is_main=task.name == str(pid))] += ticks
    per_second = os.sysconf("SC_CLK_TCK")
    return {part: ticks / per_second for part, ticks in parts.items()}


def thread_names(pid: int) -> list[str]:
    """Return the names of a process's threads, cut to 15 characters; on Linux only."""
    names = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # threads end, too
            names.append((task / "comm").read_text().rstrip("\n"))
    return names


def cores_between(before: Spent, after: Spent) -> Cores:
    """Return the cores in use between two times.

    A process or thread that began in between counts from its beginning; one that ended does not
    count.
    """
    elapsed = after.at - before.at
    by_role: Counter[str] = Counter()
    renderer: Counter[str] = Counter()
    for key, seconds in after.seconds.items():
        _, (name, part) = key
        used = max(0.0, seconds - before.seconds.get(key, 0.0)) / elapsed
        if part:
            renderer[part] += used
        else:
            by_role[name] += used
    machine = (after.machine - before.machine) / elapsed
    return Cores(dict(by_role), dict(renderer), max(0.0, machine - sum(by_role.values())))


def cores_during(wait: Callable[[], object]) -> Cores:
    """Return the cores in use while something waits."""
    before = spent()
    wait()
    return cores_between(before, spent())
