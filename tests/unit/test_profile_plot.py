"""Probability along a line, for all panels, without a browser."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, ProfilePlot
from bodyseg_widgets.evaluation import profile
from bodyseg_widgets.widgets.compare.compared_panels import PANEL_COLORS
from bodyseg_widgets.widgets.kit import live_figure
from tests.panels import HandPanel, random_levels
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CURVES, LEVELS = slice(0, 6), slice(6, 12)


@pytest.fixture
def panels() -> list[HandPanel]:
    return [HandPanel("landscape"), HandPanel("general"), HandPanel("BlazePose")]


@pytest.fixture
def plot(panels: list[HandPanel], monkeypatch: pytest.MonkeyPatch) -> Iterator[ProfilePlot]:
    # There is no page to answer.
    monkeypatch.setattr(live_figure, "ANSWER_TIMEOUT", 0.0)
    plot = ProfilePlot(panels)
    yield plot
    plot.close()


def wait_until_drawn(plot: ProfilePlot, true: Callable[[], bool]) -> None:
    """Wait until this is true of a figure that no update is changing."""

    def true_between_updates() -> bool:
        with plot._lock:
            return true()

    wait_until(true_between_updates)


def test_each_panel_has_its_curve_along_the_line(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    masks = [panel.put(1, random_levels(each)) for each, panel in enumerate(panels)]
    plot.line = [0, 0.25, 1, 0.75]
    drawing = plot._draw()
    for curve, mask in zip(drawing.traces[CURVES], masks, strict=False):
        # From the upper left corner of the upper left pixel; the image has 16 x 12 pixels.
        distance, probability = profile(mask, (-0.5, 2.5), (15.5, 8.5))
        np.testing.assert_allclose(curve["x"], distance)
        np.testing.assert_allclose(curve["y"], probability)
    names = [curve.get("name") for curve in drawing.traces[CURVES]]
    assert names == ["landscape", "general", "BlazePose", None, None, None]
    assert drawing.layout["xaxis.range"] == [0, pytest.approx(np.hypot(16, 6))]
    assert drawing.layout["annotations[0].text"] == ""


def test_the_line_goes_through_the_middle_by_default(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    levels = np.repeat(np.array([[0], [255]], np.uint8), 2, axis=1)
    panels[0].put(1, levels)
    np.testing.assert_allclose(plot._draw().traces[0]["y"], 0.5, atol=1e-6)


def test_thresholds_are_levels_in_the_panels_colors(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    for panel in panels:
        panel.put(1)
    panels[1].view.threshold = 0.25
    levels = plot._draw().traces[LEVELS]
    assert [level["visible"] for level in levels] == [True] * 3 + [False] * 3
    assert levels[1]["y"].tolist() == [0.25, 0.25]
    assert levels[1]["x"].tolist() == [0, 16]
    colors = [trace.line.color for trace in plot.figure.data]
    assert colors == [*PANEL_COLORS, *PANEL_COLORS]


def test_a_panel_without_any_result_is_named_without_a_curve(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    assert "once the source is running" in plot._draw().layout["annotations[0].text"]
    panels[0].put(1)
    drawing = plot._draw()
    assert drawing.traces[1]["name"] == "general"
    assert list(drawing.traces[1]["y"]) == []
    assert not drawing.traces[LEVELS][1]["visible"]


def test_it_says_where_the_curves_are_not_of_one_frame(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    for frame, panel in enumerate(panels):
        panel.put(frame, 51 * frame)
    drawing = plot._draw()
    assert drawing.layout["annotations[0].text"] == "Not all of the same frame"
    assert drawing.traces[2]["y"][0] == pytest.approx(0.4)


def test_panels_can_be_replaced(plot: ProfilePlot, panels: list[HandPanel]) -> None:
    plot.panels = [panels[2]]
    assert plot.panels == [panels[2]]
    assert [curve["visible"] for curve in plot._draw().traces[CURVES]] == [True] + [False] * 5
    assert panels[0].stream.callbacks == []


@pytest.mark.parametrize(
    "line", [[0, 0, 1], [0, 0, 1, 1.1], [-0.1, 0, 1, 1], [0, 0, float("nan"), 1]]
)
def test_a_line_out_of_the_picture_is_refused_and_the_old_one_stays(
    plot: ProfilePlot, line: list[float]
) -> None:
    with pytest.raises(InvalidOptionError, match=r"from 0 to 1, but got \["):
        plot.line = line
    assert plot.line == [0, 0.5, 1, 0.5]


def test_a_line_of_no_length_is_a_point(plot: ProfilePlot, panels: list[HandPanel]) -> None:
    panels[0].put(1, 255)
    plot.line = [0.5, 0.5, 0.5, 0.5]
    drawing = plot._draw()
    assert drawing.traces[0]["x"].tolist() == [0, 0]
    assert drawing.layout["xaxis.range"] == [0, 1]


def test_line_thresholds_and_panels_count_at_once_also_on_a_frozen_frame(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    plot._period = 3600
    plot._view_count = 1
    for panel in panels:
        panel.put(1, 255, live=False)
    wait_until_drawn(plot, lambda: [*np.atleast_1d(plot.figure.data[2].y)[:1]] == [1])
    plot.line = [0.5, 0, 0.5, 1]
    wait_until_drawn(plot, lambda: plot.figure.data[0].x[-1] == 12)
    panels[0].view.threshold = 0.25
    wait_until_drawn(plot, lambda: plot.figure.data[6].y[0] == 0.25)
    plot.panels = panels[1:]
    wait_until_drawn(plot, lambda: plot.figure.data[0].name == "general")


def test_nothing_is_drawn_while_it_is_not_displayed(
    plot: ProfilePlot, panels: list[HandPanel]
) -> None:
    for live in (True, False):
        for panel in panels:
            panel.put(1, live=live)
    panels[0].view.threshold = 0.25
    plot.line = [0.5, 0, 0.5, 1]
    assert plot._worker._thread is None


def test_a_closed_plot_leaves_no_thread_and_no_callback_behind(panels: list[HandPanel]) -> None:
    plot = ProfilePlot(panels)
    plot._view_count = 1
    panels[0].put(1)
    plot.close()
    plot.close()
    assert all(panel.stream.callbacks == [] for panel in panels)
    assert not any("ProfilePlot" in thread.name for thread in threading.enumerate())
