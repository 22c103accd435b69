"""What a person sees: widgets for JupyterLab, Notebook and Voila."""

from bodyseg_widgets.widgets.controls import GroupMark, MenuButton, ToggleButton
from bodyseg_widgets.widgets.difference import DifferenceView
from bodyseg_widgets.widgets.effect_controls import EffectControls
from bodyseg_widgets.widgets.explorer import Compare, Explorer
from bodyseg_widgets.widgets.frame_channel import FrameChannel
from bodyseg_widgets.widgets.panel import ModelPanel
from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.segmentation_view import SegmentationView
from bodyseg_widgets.widgets.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.timeline import Timeline
from bodyseg_widgets.widgets.view_parts import ThresholdSlider, TimingReadout, ViewTabs
from bodyseg_widgets.widgets.view_recorder import ViewRecorder
from bodyseg_widgets.widgets.webcam import Webcam

__all__ = [
    "Compare",
    "DifferenceView",
    "EffectControls",
    "Explorer",
    "FrameChannel",
    "GroupMark",
    "LabelledSlider",
    "MenuButton",
    "ModelPanel",
    "ScoreSlider",
    "SegmentationStream",
    "SegmentationView",
    "ThresholdSlider",
    "Timeline",
    "TimingReadout",
    "ToggleButton",
    "ViewRecorder",
    "ViewTabs",
    "Webcam",
]
