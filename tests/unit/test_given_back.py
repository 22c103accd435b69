"""Closing a widget gives back all that it holds, though what it was made of lives on."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
import pytest

import bodyseg_widgets
from bodyseg_widgets import (
    AgreementPlot,
    AgreementTable,
    Compare,
    DifferenceView,
    EffectControls,
    Explorer,
    LandmarkPlot3D,
    MaskEditor,
    ModelPanel,
    PosePanel3D,
    PoseTimePlot,
    ProfilePlot,
    SavedFiles,
    ScoreSlider,
    SegmentationStream,
    SegmentationView,
    SweepPlot,
    ThresholdSlider,
    Timeline,
    TimingReadout,
    ViewRecorder,
    ViewTabs,
    Webcam,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAKERS: dict[str, Callable[[Compare], ipywidgets.Widget]] = {
    "AgreementPlot": lambda compare: AgreementPlot(compare.panels),
    "AgreementTable": lambda compare: AgreementTable(compare.panels),
    "Compare": lambda _: Compare(["general", "lite"], Webcam(source="sample")),
    "DifferenceView": lambda compare: DifferenceView(*[each.view for each in compare.panels]),
    "EffectControls": lambda compare: EffectControls(compare.panels[0].view),
    "Explorer": lambda _: Explorer(Webcam(source="sample")),
    "LandmarkPlot3D": lambda compare: LandmarkPlot3D(compare.panels[1].stream),
    "MaskEditor": lambda _: MaskEditor(np.zeros((2, 2, 3), np.uint8)),
    "ModelPanel": lambda compare: ModelPanel(compare.webcam),
    "PosePanel3D": lambda compare: PosePanel3D(compare.panels[1].stream),
    "PoseTimePlot": lambda compare: PoseTimePlot(compare.panels[1].stream, ["left_knee"]),
    "ProfilePlot": lambda compare: ProfilePlot(compare.panels),
    "SavedFiles": lambda _: SavedFiles(),
    "ScoreSlider": lambda _: ScoreSlider(),
    "SegmentationStream": lambda compare: SegmentationStream(compare.webcam),
    "SegmentationView": lambda compare: SegmentationView(compare.panels[0].stream),
    "SweepPlot": lambda compare: SweepPlot(compare.panels),
    "ThresholdSlider": lambda compare: ThresholdSlider(compare.panels[0].stream),
    "Timeline": lambda compare: Timeline(compare.webcam),
    "TimingReadout": lambda compare: TimingReadout(compare.panels[0].stream),
    "ViewRecorder": lambda _: ViewRecorder(),
    "ViewTabs": lambda _: ViewTabs(),
    "Webcam": lambda _: Webcam(source="sample"),
}


@pytest.fixture
def compare() -> Iterator[Compare]:
    compare = Compare(["general", "lite"], Webcam(source="sample"))
    yield compare
    compare.close()


def test_every_public_widget_is_among_these() -> None:
    public = {
        name
        for name in dir(bodyseg_widgets)
        if isinstance(getattr(bodyseg_widgets, name), type)
        and issubclass(getattr(bodyseg_widgets, name), ipywidgets.Widget)
    }
    assert public == {*MAKERS}


@pytest.mark.parametrize("name", MAKERS)
def test_a_closed_widget_is_kept_by_nothing(name: str, compare: Compare) -> None:
    widget = MAKERS[name](compare)
    given_back = weakref.ref(widget)
    widget.close()
    del widget
    gc.collect()
    assert given_back() is None
