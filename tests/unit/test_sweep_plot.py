"""Coverage and agreement at all thresholds, for all panels, without a browser."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import SweepPlot
from bodyseg_widgets.evaluation import coverage, intersection_over_union, is_person, sweep
from bodyseg_widgets.widgets.compare.compared_panels import PANEL_COLORS
from tests.panels import HandPanel, random_levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets import Mask

COVERAGE, AGREEMENT = slice(0, 6), slice(6, 12)
COVERAGE_DOTS, AGREEMENT_DOTS, KEY = 12, 13, 14


@pytest.fixture
def panels() -> list[HandPanel]:
    return [HandPanel("landscape"), HandPanel("general"), HandPanel("BlazePose")]


@pytest.fixture
def plot(panels: list[HandPanel]) -> Iterator[SweepPlot]:
    plot = SweepPlot(panels)
    yield plot
    plot.close()


@pytest.fixture
def masks(panels: list[HandPanel], plot: SweepPlot) -> list[Mask]:
    """Return all panels' results for one frame."""
    del plot
    return [panel.put(1, random_levels(each)) for each, panel in enumerate(panels)]


def test_each_panel_has_its_coverage_in_percent(plot: SweepPlot, masks: list[Mask]) -> None:
    drawing = plot._draw()
    for curve, mask in zip(drawing.traces[COVERAGE], masks, strict=False):
        np.testing.assert_allclose(curve["y"], 100 * sweep(mask).coverage[1:])
    assert [curve["visible"] for curve in drawing.traces[COVERAGE]] == [True] * 3 + [False] * 3
    # The first threshold that excludes anything.
    assert plot.figure.data[0].x[0] == pytest.approx(1 / 255)
    assert len(plot.figure.data[0].x) == len(drawing.traces[0]["y"])


def test_dots_are_on_the_curves_at_the_panels_own_thresholds(
    plot: SweepPlot, panels: list[HandPanel], masks: list[Mask]
) -> None:
    panels[1].view.threshold = 0.3
    dots = plot._draw().traces[COVERAGE_DOTS]
    assert dots["x"].tolist() == pytest.approx([128 / 255, 77 / 255, 128 / 255])
    assert dots["y"][1] == pytest.approx(100 * coverage(masks[1], 0.3), abs=1e-4)
    assert dots["marker.color"] == [*PANEL_COLORS[:3]]


def test_the_others_are_compared_with_the_reference_at_its_own_threshold(
    plot: SweepPlot, panels: list[HandPanel], masks: list[Mask]
) -> None:
    plot.reference = "general"
    panels[1].view.threshold = 0.3
    panels[2].view.threshold = 0.8
    drawing = plot._draw()
    first, itself, third = drawing.traces[AGREEMENT][:3]
    expected = sweep(masks[0], is_person(masks[1], 0.3)).iou
    assert expected is not None
    np.testing.assert_allclose(first["y"], expected[1:])
    assert not itself["visible"]
    assert third["name"] == "BlazePose, IoU"
    dots = drawing.traces[AGREEMENT_DOTS]
    iou = intersection_over_union(masks[2], masks[1], threshold_a=0.8, threshold_b=0.3)
    assert dots["y"].tolist()[1] == pytest.approx(iou, abs=1e-6)
    assert dots["marker.color"] == [PANEL_COLORS[0], PANEL_COLORS[2]]
    assert drawing.traces[KEY] == {"visible": True, "name": "thin: IoU with general"}
    assert drawing.layout["yaxis2.visible"]


@pytest.mark.parametrize("reference", [None, "someone"])
@pytest.mark.usefixtures("masks")
def test_without_a_reference_nothing_is_compared(plot: SweepPlot, reference: str | None) -> None:
    plot.reference = reference
    drawing = plot._draw()
    assert not any(curve["visible"] for curve in drawing.traces[AGREEMENT])
    assert not drawing.traces[KEY]["visible"]
    assert not drawing.layout["yaxis2.visible"]


def test_only_results_of_the_same_frame_are_compared(
    plot: SweepPlot, panels: list[HandPanel]
) -> None:
    landscape, general, blazepose = panels
    plot.reference = "general"
    for panel in (landscape, general):
        panel.put(1, random_levels(1))
    landscape.put(2, random_levels(2))
    blazepose.put(3, random_levels(3))
    drawing = plot._draw()
    assert drawing.layout["annotations[0].text"] == "Not all of the same frame"
    first, _, third = drawing.traces[AGREEMENT][:3]
    # On frame 1 they have the same mask.
    assert first["y"][127] == 1
    assert not third["visible"]
    assert [curve["visible"] for curve in drawing.traces[COVERAGE][:3]] == [True] * 3


def test_before_any_result_there_are_no_curves(plot: SweepPlot) -> None:
    drawing = plot._draw()
    assert not any(curve["visible"] for curve in drawing.traces[COVERAGE])
    assert drawing.traces[COVERAGE_DOTS]["x"].tolist() == []
    assert "once the source is running" in drawing.layout["annotations[0].text"]


def test_a_threshold_of_0_has_no_dot_where_no_curve_is(
    plot: SweepPlot, panels: list[HandPanel], masks: list[Mask]
) -> None:
    panels[0].view.threshold = 0
    assert len(plot._draw().traces[COVERAGE_DOTS]["x"]) == len(masks) - 1


def test_a_closed_plot_leaves_no_thread_and_no_callback_behind(panels: list[HandPanel]) -> None:
    plot = SweepPlot(panels, reference="general")
    plot._view_count = 1
    panels[0].put(1)
    plot.close()
    plot.close()
    assert all(panel.stream.callbacks == [] for panel in panels)
    assert not any("SweepPlot" in thread.name for thread in threading.enumerate())
