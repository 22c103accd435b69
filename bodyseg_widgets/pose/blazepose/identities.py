"""Recognize people from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.pose.blazepose.estimate import Estimate

__all__ = ["Identities"]

MAX_DISTANCE = 0.25
"""Largest mean movement of a body's landmarks between two frames that show it, as a fraction of the
circle around it. Two people side by side are about that far apart."""
MEMORY_SECONDS = 1.0
"""How long a missing person keeps the number."""


@dataclass(slots=True)
class _Known:
    """Where a person was last seen, and since when they have been missing."""

    place: NDArray[np.float64]
    scale: float
    missed_since: float | None = None


class Identities:
    """Numbers people from 1 and recognizes them in the next frame."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._last = 0

    def assign(self, estimates: Sequence[Estimate], seconds: float) -> list[int]:
        """Assign a number to each person in a frame, taken at `seconds`.

        The closest pair of a known person and a visible person is matched first. A person missing
        from one second of frames is forgotten; a pause between two frames does not count.
        """
        self._known = {
            number: known
            for number, known in self._known.items()
            if known.missed_since is None or seconds - known.missed_since <= MEMORY_SECONDS
        }
        pairs = sorted(
            (_apart(known.place, known.scale, estimate), number, index)
            for number, known in self._known.items()
            for index, estimate in enumerate(estimates)
        )
        numbers: dict[int, int] = {}
        for apart, number, index in pairs:
            if apart <= MAX_DISTANCE and index not in numbers and number not in numbers.values():
                numbers[index] = number
        for index in range(len(estimates)):
            if index not in numbers:
                self._last += 1
                numbers[index] = self._last
        for known in self._known.values():
            known.missed_since = seconds if known.missed_since is None else known.missed_since
        for index, estimate in enumerate(estimates):
            self._known[numbers[index]] = _Known(estimate.body[:, :2], estimate.object_scale)
        return [numbers[index] for index in range(len(estimates))]


def distance(one: Estimate, other: Estimate) -> float:
    """Return the mean distance between two bodies' landmarks, as a fraction of their size."""
    return _apart(one.body[:, :2], one.object_scale, other)


def _apart(place: NDArray[np.float64], scale: float, other: Estimate) -> float:
    mean = float(np.linalg.norm(place - other.body[:, :2], axis=1).mean())
    return mean / max(scale, other.object_scale, 1.0)
