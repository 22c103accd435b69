"""What a person sees: widgets for JupyterLab, Notebook and Voila."""

from bodyseg_widgets.widgets.explorer import Explorer
from bodyseg_widgets.widgets.frame_channel import FrameChannel
from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.views import (
    SegmentationView,
    ThresholdSlider,
    TimingReadout,
    ViewTabs,
)
from bodyseg_widgets.widgets.webcam import Webcam

__all__ = [
    "Explorer",
    "FrameChannel",
    "LabelledSlider",
    "ScoreSlider",
    "SegmentationStream",
    "SegmentationView",
    "ThresholdSlider",
    "TimingReadout",
    "ViewTabs",
    "Webcam",
]
