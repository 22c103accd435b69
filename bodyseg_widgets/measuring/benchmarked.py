"""What came of measuring how fast models are: tables and charts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.measuring import charts
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.tables import import_pandas

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

    from bodyseg_widgets.measuring.machine import Machine
    from bodyseg_widgets.measuring.results import Failure
    from bodyseg_widgets.measuring.speed import Speed
    from bodyseg_widgets.segmentation import Size

__all__ = ["Benchmark"]


class Benchmark(Shown):
    """How fast models are on a computer; `benchmark` makes it.

    Tables are pandas DataFrames, made when they are asked for.

    Parameters
    ----------
    speeds : sequence of Speed
        One for each model.
    machine : Machine
        The computer.
    label : str
        What the frames are of.
    size : tuple of int
        Their (height, width), in pixels.
    duration : float
        How long each model ran, in seconds.
    failed : list of Failure
        The models that could not be measured.

    Attributes
    ----------
    speeds : tuple of Speed
        One for each model, in the order in which they were named.
    machine : Machine
        The computer; ``print(benchmark.machine)`` describes it in a line.
    label : str
        What the frames are of.
    size : tuple of int
        Their (height, width), in pixels.
    duration : float
        How long each model ran, in seconds.
    failed : list of Failure
        The models that could not be measured, with the reason.
    """

    def __init__(
        self,
        speeds: Sequence[Speed],
        *,
        machine: Machine,
        label: str,
        size: Size,
        duration: float,
        failed: list[Failure],
    ) -> None:
        self.speeds = tuple(speeds)
        self.machine = machine
        self.label = label
        self.size = size
        self.duration = duration
        self.failed = failed

    def __repr__(self) -> str:
        """Show each model's frames per second."""
        rates = ", ".join(f"{each.label}: {each.fps:.1f}" for each in self.speeds)
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"Benchmark({rates} frames per second{failed})"

    @property
    def noise(self) -> float:
        """The largest spread of a model: how far its turns' quartiles are apart, by its median.

        Models whose frames per second differ by less may be equally fast.
        """
        return max(each.spread for each in self.speeds)

    @property
    def summary(self) -> pd.DataFrame:
        """A row for each model.

        ``fps`` is the median of its turns in frames per second, ``fps_low`` and ``fps_high`` are
        their quartiles. ``latency_p50``, ``latency_p95`` and ``latency_p99`` are percentiles of the
        milliseconds that a frame took; ``decode_p50`` and ``infer_p50`` the medians of its stages.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self._frame(self.records())

    @property
    def latencies(self) -> pd.DataFrame:
        """A row for each model and stage, with the percentiles in milliseconds.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self._frame(self.latency_records())

    def records(self) -> list[dict[str, Any]]:
        """Return the rows of `summary`, without pandas."""
        return [each.record() for each in self.speeds]

    def latency_records(self) -> list[dict[str, Any]]:
        """Return the rows of `latencies`, without pandas."""
        return [
            {
                "model": each.model,
                "runtime": each.runtime,
                "accelerator": each.accelerator,
                "stage": stage,
                **asdict(latency),
            }
            for each in self.speeds
            for stage, latency in each.latency.items()
        ]

    @named_arguments
    def plot_table(self) -> go.Figure:
        """Return frames per second as a plotly table: a row for each model, runtimes side by side.

        Raises
        ------
        MissingDependencyError
            plotly is not installed.
        """
        return charts.speed_table(self.speeds)

    @named_arguments
    def plot_fps(self) -> go.Figure:
        """Return frames per second as plotly bars; a thin line spans the quartiles.

        Raises
        ------
        MissingDependencyError
            plotly is not installed.
        """
        return charts.fps_bars(self.speeds)

    @named_arguments
    def plot_latency(self) -> go.Figure:
        """Return the medians of the stages as plotly bars, in milliseconds for a frame.

        Raises
        ------
        MissingDependencyError
            plotly is not installed.
        """
        return charts.latency_bars(self.speeds)

    def _frame(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        return import_pandas("A table of a benchmark").DataFrame(rows)
