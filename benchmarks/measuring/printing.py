"""How benchmarks print their figures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.measuring.processes import Cores

_LABEL = 40


def figure(label: str, value: float, *, digits: int = 1, note: str = "") -> None:
    """Print a figure."""
    print(f"  {label:{_LABEL}}{value:8.{digits}f}{f'   {note}' if note else ''}")


def at_least(label: str, value: float, goal: float, *, digits: int = 1) -> None:
    """Print a figure that should be high; a goal of 0 is none."""
    note = f"goal >= {goal:g}: {_verdict(value >= goal)}" if goal else ""
    figure(label, value, digits=digits, note=note)


def at_most(label: str, value: float, goal: float, *, digits: int = 1) -> None:
    """Print a figure that should be low; an infinite goal is none."""
    note = "" if math.isinf(goal) else f"goal <= {goal:g}: {_verdict(value <= goal)}"
    figure(label, value, digits=digits, note=note)


def _verdict(met: bool) -> str:  # noqa: FBT001 - a private yes or no
    return "met" if met else "MISSED"


def print_cores(cores: Cores, pictures: float, *, most: float = math.inf) -> None:
    """Print the cores in use and the milliseconds of CPU per picture, by process.

    Parameters
    ----------
    cores : Cores
        The cores in use.
    pictures : float
        Pictures per second in that time.
    most : float
        The goal for the cores of all together.
    """
    print(f"  {'CPU':{_LABEL}}{'cores':>8}{'ms/picture':>12}")
    for role, used in sorted(cores.by_role.items(), key=lambda item: -item[1]):
        _print_share(role, used, pictures)
        if role == "renderer":
            for part, its in sorted(cores.renderer.items(), key=lambda item: -item[1]):
                _print_share(f"  {part}", its, pictures)
    note = "" if math.isinf(most) else f"   goal <= {most:g}: {_verdict(cores.total <= most)}"
    _print_share("all", cores.total, pictures, note)
    print(f"    {'other work on this machine':{_LABEL - 2}}{cores.rest:8.2f}")


def _print_share(label: str, used: float, pictures: float, note: str = "") -> None:
    each = f"{used * 1000 / pictures:12.1f}" if pictures else f"{'-':>12}"
    print(f"    {label:{_LABEL - 2}}{used:8.2f}{each}{note}")
