"""What a person sees: widgets for JupyterLab, Notebook and Voila."""

from bodyseg_widgets.widgets.compare.difference_view import DifferenceView
from bodyseg_widgets.widgets.editor.mask_editor import MaskEditor
from bodyseg_widgets.widgets.explorer.compare import Compare
from bodyseg_widgets.widgets.explorer.explorer import Explorer
from bodyseg_widgets.widgets.kit.big_screen_button import BigScreenButton
from bodyseg_widgets.widgets.kit.color_picker import ColorPicker
from bodyseg_widgets.widgets.kit.group_mark import GroupMark
from bodyseg_widgets.widgets.kit.menu_button import MenuButton
from bodyseg_widgets.widgets.kit.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.record.saved_files import SavedFiles
from bodyseg_widgets.widgets.record.view_recorder import ViewRecorder
from bodyseg_widgets.widgets.source.mirror_button import MirrorButton
from bodyseg_widgets.widgets.source.timeline import Timeline
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.transport.frame_channel import FrameChannel
from bodyseg_widgets.widgets.view.effect_controls import EffectControls
from bodyseg_widgets.widgets.view.model_panel import ModelPanel
from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView
from bodyseg_widgets.widgets.view.threshold_slider import ThresholdSlider
from bodyseg_widgets.widgets.view.timing_readout import TimingReadout
from bodyseg_widgets.widgets.view.view_tabs import ViewTabs

__all__ = [
    "BigScreenButton",
    "ColorPicker",
    "Compare",
    "DifferenceView",
    "EffectControls",
    "Explorer",
    "FrameChannel",
    "GroupMark",
    "LabelledSlider",
    "MaskEditor",
    "MenuButton",
    "MirrorButton",
    "ModelPanel",
    "SavedFiles",
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
