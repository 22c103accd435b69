"""Who is who from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose.blazepose.estimate import Estimate

__all__ = ["Identities"]

MAX_DISTANCE = 0.25
"""How far a body's landmarks move at most, on average, between two sights of it: as a share of
the circle around it. Two people side by side are about as far apart."""
MEMORY_SECONDS = 1.0
"""How long somebody who is not seen keeps the number."""


@dataclass(frozen=True, slots=True)
class _Sight:
    estimate: Estimate
    seconds: float


class Identities:
    """Numbers people from 1 on, and knows them again in the next frame."""

    def __init__(self) -> None:
        self._known: dict[int, _Sight] = {}
        self._last = 0

    def assign(self, estimates: Sequence[Estimate], seconds: float) -> list[int]:
        """Give each person of a frame, taken at `seconds`, a number.

        The closest pair of somebody known and somebody seen is matched first. Who was not seen
        for a second is forgotten.
        """
        self._known = {
            number: sight
            for number, sight in self._known.items()
            if seconds - sight.seconds <= MEMORY_SECONDS
        }
        pairs = sorted(
            (distance(sight.estimate, estimate), number, index)
            for number, sight in self._known.items()
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
        self._known |= {
            numbers[index]: _Sight(estimate, seconds) for index, estimate in enumerate(estimates)
        }
        return [numbers[index] for index in range(len(estimates))]


def distance(one: Estimate, other: Estimate) -> float:
    """Say how far apart two bodies are: the mean over their landmarks, as a share of their size."""
    apart = float(np.linalg.norm(one.body[:, :2] - other.body[:, :2], axis=1).mean())
    return apart / max(one.object_scale, other.object_scale, 1.0)
