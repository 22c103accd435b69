"""How fast one model is: a row of the table that `benchmark` and the Explorer show."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bodyseg_widgets.streaming import Timings

__all__ = ["PROCESSOR", "TOTAL", "UNKNOWN", "Latency", "Speed", "speed_cells"]

PROCESSOR: Final = "processor"
"""The accelerator of what runs on the CPU."""
UNKNOWN: Final = "unknown"
"""The accelerator of a user's function, which may run anywhere."""
TOTAL: Final = "total"
"""The stage that is the sum of all others."""
_PERCENTILES: Final = (50, 95, 99)
_QUARTILES: Final = (25, 50, 75)
_NO_NUMBER: Final = "–"


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of how long something took, in milliseconds.

    Attributes
    ----------
    p50, p95, p99 : float
        So many percent of all frames took at most this long.
    """

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, durations: Sequence[float]) -> Self:
        """Return those of durations, in milliseconds."""
        return cls(*np.percentile(durations, _PERCENTILES).tolist())


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one model is.

    Attributes
    ----------
    model : str
        Model and variant, such as ``"Selfie general"``.
    runtime : str
        What ran it, such as ``"tensorflow"``.
    accelerator : str
        On what: ``"processor"``, or as the page calls it; ``"unknown"`` of a user's function.
    frames : int
        How many frames were timed.
    fps : float
        Frames per second: the median of the turns.
    fps_low, fps_high : float
        The lower and upper quartile of the turns.
    latency : mapping of str to Latency
        For each stage that was measured, named as in `Timings`, and for ``"total"``, their sum.

    Examples
    --------
    >>> from bodyseg_widgets import Timings
    >>> from bodyseg_widgets.measuring.speed import Speed
    >>> frames = [Timings(decode=2, infer=6), Timings(decode=2, infer=10)]
    >>> speed = Speed.of("Mine", "onnx", "processor", turns=[99, 101, 103], timings=frames)
    >>> speed.fps, speed.fps_low, speed.latency["infer"].p50, speed.latency["total"].p50
    (101.0, 100.0, 8.0, 10.0)
    """

    model: str
    runtime: str
    accelerator: str
    frames: int
    fps: float
    fps_low: float
    fps_high: float
    latency: Mapping[str, Latency]

    @classmethod
    def of(
        cls,
        model: str,
        runtime: str,
        accelerator: str,
        *,
        turns: Sequence[float],
        timings: Sequence[Timings],
    ) -> Self:
        """Return that of turns of frames.

        Parameters
        ----------
        model, runtime, accelerator : str
            See the class.
        turns : sequence of float
            Frames per second of each turn; at least one.
        timings : sequence of Timings
            Of each frame, in milliseconds. A stage that was measured in none of them is left out,
            and the sum has the frames in which all others were; there must be one.
        """
        low, middle, high = np.percentile(turns, _QUARTILES).tolist()
        frames = [asdict(each) for each in timings]
        known = [
            stage for stage in frames[0] if not all(math.isnan(each[stage]) for each in frames)
        ]
        stages = {stage: _measured(each[stage] for each in frames) for stage in known}
        sums = _measured(math.fsum(each[stage] for stage in known) for each in frames)
        latency = {stage: Latency.of(all_frames) for stage, all_frames in stages.items()}
        return cls(
            model,
            runtime,
            accelerator,
            len(frames),
            middle,
            low,
            high,
            {**latency, TOTAL: Latency.of(sums)},
        )

    @property
    def way(self) -> str:
        """What ran it, and on what, such as ``"tensorflow, processor"``."""
        return f"{self.runtime}, {self.accelerator}"

    @property
    def label(self) -> str:
        """Model, runtime and accelerator."""
        return f"{self.model} ({self.way})"

    @property
    def spread(self) -> float:
        """How far apart the quartiles of the turns are, as a share of the median: the noise."""
        return (self.fps_high - self.fps_low) / self.fps

    def record(self) -> dict[str, Any]:
        """Return it as plain values: a row of `Benchmark.summary`."""
        total = self.latency[TOTAL]
        return {
            "model": self.model,
            "runtime": self.runtime,
            "accelerator": self.accelerator,
            "fps": self.fps,
            "fps_low": self.fps_low,
            "fps_high": self.fps_high,
            "frames": self.frames,
            **{f"latency_{name}": value for name, value in asdict(total).items()},
            **{f"{stage}_p50": each.p50 for stage, each in self.latency.items() if stage != TOTAL},
        }


def speed_cells(speeds: Sequence[Speed]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the table that people see: its head, and a row of texts for each model.

    Stages are columns of their own, with their medians.

    Examples
    --------
    >>> from bodyseg_widgets import Timings
    >>> from bodyseg_widgets.measuring.speed import Speed, speed_cells
    >>> frames = [Timings(decode=2, infer=6)]
    >>> speed = Speed.of("Mine", "onnx", "processor", turns=[120], timings=frames)
    >>> head, (row,) = speed_cells([speed])
    >>> head[3:]
    ('frames/s', 'quartiles', 'ms 50 %', 'ms 95 %', 'ms 99 %', 'decode', 'infer')
    >>> row[3:]
    ('120.0', '120.0 to 120.0', '8.0', '8.0', '8.0', '2.0', '6.0')
    """
    stages = [*dict.fromkeys(stage for each in speeds for stage in each.latency if stage != TOTAL)]
    head = ("model", "runtime", "accelerator", "frames/s", "quartiles")
    rows = []
    for each in speeds:
        total = each.latency[TOTAL]
        medians = [each.latency[stage].p50 if stage in each.latency else None for stage in stages]
        rows.append(
            (
                each.model,
                each.runtime,
                each.accelerator,
                _number(each.fps),
                f"{_number(each.fps_low)} to {_number(each.fps_high)}",
                *map(_number, (total.p50, total.p95, total.p99, *medians)),
            )
        )
    percentiles = (f"ms {each} %" for each in _PERCENTILES)
    return (*head, *percentiles, *stages), rows


def _measured(durations: Iterable[float]) -> list[float]:
    return [each for each in durations if not math.isnan(each)]


def _number(value: float | None) -> str:
    return _NO_NUMBER if value is None else f"{value:.1f}"
