"""One of every public widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
    from collections.abc import Callable

    import ipywidgets

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
"""By its name, what makes a widget, given a comparison of two panels."""
