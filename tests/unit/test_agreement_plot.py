"""Agreement over time, without a browser."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import AgreementPlot, InvalidOptionError
from bodyseg_widgets.evaluation import ClassAgreement
from bodyseg_widgets.widgets.compare import agreement_plot
from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor, FrameAgreement
from bodyseg_widgets.widgets.compare.compared_panels import PANEL_COLORS, PANEL_DASHES
from tests.panels import HandPanel

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """A clock that a test controls."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(agreement_plot, "time", clock)
    return clock


@pytest.fixture
def plot(clock: Clock) -> Iterator[AgreementPlot]:
    del clock
    plot = AgreementPlot([HandPanel("a"), HandPanel("b"), HandPanel("c")], seconds=4)
    yield plot
    plot.close()


def agreed(a: str, b: str, iou: float) -> FrameAgreement:
    return FrameAgreement(a, b, iou, 0.01, frame=1, timestamp=1.0, live=True)


def test_a_pair_has_the_color_of_its_first_and_the_dashes_of_its_second_panel(
    plot: AgreementPlot,
) -> None:
    traces = plot._draw().traces
    assert [trace["visible"] for trace in traces] == [True] * 3 + [False] * 12
    assert [trace["name"] for trace in traces[:3]] == ["a – b", "a – c", "b – c"]
    assert traces[2]["line.color"] == PANEL_COLORS[1]
    assert traces[2]["line.dash"] == PANEL_DASHES[2]


def test_no_two_of_fifteen_pairs_look_alike(clock: Clock) -> None:
    del clock
    plot = AgreementPlot([HandPanel(name) for name in "abcdef"])
    traces = plot._draw().traces
    assert len({(trace["line.color"], trace["line.dash"]) for trace in traces}) == 15
    plot.close()


def test_values_are_at_their_times_with_gaps_where_there_is_none(
    plot: AgreementPlot, clock: Clock
) -> None:
    for values in ([agreed("a", "b", 0.9), agreed("b", "c", 0.7)], [agreed("a", "b", 0.8)], []):
        clock.now += 0.5
        plot._on_agreement(values)
    first, second, third = plot._draw().traces[:3]
    assert first["x"].tolist() == [-1, -0.5, 0]
    assert first["y"][:2].tolist() == pytest.approx([0.9, 0.8])
    gaps = [[math.isnan(value) for value in trace["y"]] for trace in (first, second, third)]
    assert gaps == [[False, False, True], [True] * 3, [False, True, True]]


def test_a_silence_is_a_gap_too(plot: AgreementPlot, clock: Clock) -> None:
    for after in (0.0, 0.5, 2.0, 0.5):
        clock.now += after
        plot._on_agreement([agreed("a", "b", 0.9)])
    first = plot._draw().traces[0]
    assert first["x"].tolist() == [-3, -2.5, -0.5, -0.5, 0]
    assert [math.isnan(value) for value in first["y"]] == [False, False, True, False, False]


def test_a_frame_that_stands_still_keeps_its_values(plot: AgreementPlot, clock: Clock) -> None:
    for iou in (0.9, 0.7):
        clock.now += 2
        plot._on_agreement(
            [FrameAgreement("a", "b", iou, 0.01, frame=1, timestamp=1.0, live=False)]
        )
    first = plot._draw().traces[0]
    assert first["x"].tolist() == [-2, 0, 0]
    assert first["y"].tolist() == pytest.approx([0.9, 0.9, 0.7])


def test_no_more_is_kept_than_is_shown(plot: AgreementPlot, clock: Clock) -> None:
    for _ in range(100):
        clock.now += 0.5
        plot._on_agreement([agreed("a", "b", 0.9)])
    assert len(plot._draw().traces[0]["x"]) == 9
    assert plot._draw().layout["xaxis.range"] == [-4, 0]


@pytest.mark.parametrize(("iou", "lowest"), [(0.99, 0.8), (0.74, 0.7), (0.0, 0.0)])
def test_the_scale_reaches_down_to_what_there_is(
    plot: AgreementPlot, iou: float, lowest: float
) -> None:
    plot._on_agreement([agreed("a", "b", iou)])
    assert plot._draw().layout["yaxis.range"][0] == pytest.approx(lowest)


def test_the_difference_of_the_probabilities_is_shown_where_that_is_asked_for(
    plot: AgreementPlot, clock: Clock
) -> None:
    for difference in (0.01, 0.34):
        clock.now += 0.5
        plot._on_agreement(
            [FrameAgreement("a", "b", 0.9, difference, frame=1, timestamp=1.0, live=True)]
        )
    plot.measure = "difference"
    drawing = plot._draw()
    assert drawing.traces[0]["y"].tolist() == pytest.approx([0.01, 0.34])
    assert drawing.layout["yaxis.title.text"] == "mean absolute difference"
    assert drawing.layout["yaxis.range"] == [0, 0.4]
    # Both have what was stored before.
    plot.measure = "iou"
    assert plot._draw().traces[0]["y"].tolist() == pytest.approx([0.9, 0.9])


def test_the_classes_of_a_pair_without_common_ones_are_a_gap(
    plot: AgreementPlot, clock: Clock
) -> None:
    for same_class in (0.75, 0.5):
        clock.now += 0.5
        classes = ClassAgreement({}, same_class)
        plot._on_agreement([replace(agreed("a", "b", 0.9), classes=classes), agreed("b", "c", 0.9)])
    plot.measure = "classes"
    drawing = plot._draw()
    assert drawing.traces[0]["y"].tolist() == [0.75, 0.5]
    assert all(math.isnan(value) for value in drawing.traces[2]["y"])
    assert drawing.layout["yaxis.title.text"] == "pixels with the same class"
    assert drawing.layout["yaxis.range"][0] == 0.5


@pytest.mark.parametrize("seconds", [0, -1, math.inf])
def test_seconds_have_to_be_more_than_none(plot: AgreementPlot, seconds: float) -> None:
    with pytest.raises(InvalidOptionError, match=f"above 0, but got {seconds}"):
        plot.seconds = seconds


def test_nothing_is_compared_while_it_is_not_displayed(plot: AgreementPlot) -> None:
    listeners = plot._monitor._listeners
    assert len(listeners) == 0
    plot._view_count = 1
    assert len(listeners) == 1
    plot._view_count = 0
    assert len(listeners) == 0


def test_a_shared_monitor_goes_on_and_a_private_one_ends() -> None:
    panels = [HandPanel("a"), HandPanel("b")]
    private, monitor = AgreementPlot(panels), AgreementMonitor(panels)
    sharing = AgreementPlot(monitor)
    sharing.panels = panels[:1]
    assert monitor.panels == sharing.panels == panels[:1]
    for plot in (private, sharing):
        plot._view_count = 1
        plot.close()
        plot.close()
    assert [len(panel.stream.callbacks) for panel in panels] == [1, 0]
    assert monitor._listeners.callbacks == ()
    monitor.close()
    names = [thread.name for thread in threading.enumerate()]
    assert not any("Agreement" in name for name in names)
