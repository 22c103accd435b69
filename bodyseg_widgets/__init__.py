"""Live person segmentation in JupyterLab, and the same in plain Python.

This module hands names on and defines nothing. A name's own module is
imported when the name is first used, so importing the package is quick and
loads no runtime.

Examples
--------
>>> import numpy as np
>>> import bodyseg_widgets as bs
>>> model = bs.SupportedModels.MediaPipeSelfieSegmentation
>>> with bs.create_segmenter(model, runtime="tensorflow") as segmenter:
...     (people,) = segmenter.segment_people(np.zeros((480, 640, 3), np.uint8))
>>> people.mask.probability.shape
(480, 640)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bodyseg_widgets.errors import (
        BodySegError,
        DisposedError,
        IncompatibleDependencyError,
        InvalidImageError,
        InvalidOptionError,
        MissingDependencyError,
        ModelFileError,
    )
    from bodyseg_widgets.options import SupportedModels
    from bodyseg_widgets.pose import (
        ADJACENT_PAIRS,
        KEYPOINT_NAMES,
        STANDARD_ANGLES,
        Keypoint,
        Pose,
        PoseDetector,
        TimedPoses,
        angles_to_dataframe,
        create_detector,
        get_adjacent_pairs,
        get_keypoint_index_by_name,
        get_keypoint_index_by_side,
        joint_angle,
        joint_angles,
        poses_to_dataframe,
        save_poses,
    )
    from bodyseg_widgets.segmentation import (
        BodySegmenter,
        Mask,
        Region,
        Segmentation,
        create_segmenter,
    )
    from bodyseg_widgets.streaming import Frame, PoseRecorder, Result, Timings
    from bodyseg_widgets.widgets import (
        Explorer,
        ScoreSlider,
        SegmentationStream,
        SegmentationView,
        ThresholdSlider,
        TimingReadout,
        ViewTabs,
        Webcam,
    )
    from bodyseg_widgets.widgets.landmark_plot import LandmarkPlot3D
    from bodyseg_widgets.widgets.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.pose_time_plot import PoseTimePlot

__all__ = [
    "ADJACENT_PAIRS",
    "KEYPOINT_NAMES",
    "STANDARD_ANGLES",
    "BodySegError",
    "BodySegmenter",
    "DisposedError",
    "Explorer",
    "Frame",
    "IncompatibleDependencyError",
    "InvalidImageError",
    "InvalidOptionError",
    "Keypoint",
    "LandmarkPlot3D",
    "Mask",
    "MissingDependencyError",
    "ModelFileError",
    "Pose",
    "PoseDetector",
    "PosePanel3D",
    "PoseRecorder",
    "PoseTimePlot",
    "Region",
    "Result",
    "ScoreSlider",
    "Segmentation",
    "SegmentationStream",
    "SegmentationView",
    "SupportedModels",
    "ThresholdSlider",
    "TimedPoses",
    "TimingReadout",
    "Timings",
    "ViewTabs",
    "Webcam",
    "angles_to_dataframe",
    "create_detector",
    "create_segmenter",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
    "joint_angle",
    "joint_angles",
    "poses_to_dataframe",
    "save_poses",
]

_HOMES = {
    "bodyseg_widgets.errors": (
        "BodySegError",
        "DisposedError",
        "IncompatibleDependencyError",
        "InvalidImageError",
        "InvalidOptionError",
        "MissingDependencyError",
        "ModelFileError",
    ),
    "bodyseg_widgets.options": ("SupportedModels",),
    "bodyseg_widgets.pose": (
        "ADJACENT_PAIRS",
        "KEYPOINT_NAMES",
        "STANDARD_ANGLES",
        "Keypoint",
        "Pose",
        "PoseDetector",
        "TimedPoses",
        "angles_to_dataframe",
        "create_detector",
        "get_adjacent_pairs",
        "get_keypoint_index_by_name",
        "get_keypoint_index_by_side",
        "joint_angle",
        "joint_angles",
        "poses_to_dataframe",
        "save_poses",
    ),
    "bodyseg_widgets.segmentation": (
        "BodySegmenter",
        "Mask",
        "Region",
        "Segmentation",
        "create_segmenter",
    ),
    "bodyseg_widgets.streaming": ("Frame", "PoseRecorder", "Result", "Timings"),
    "bodyseg_widgets.widgets": (
        "Explorer",
        "ScoreSlider",
        "SegmentationStream",
        "SegmentationView",
        "ThresholdSlider",
        "TimingReadout",
        "ViewTabs",
        "Webcam",
    ),
    # Not names of bodyseg_widgets.widgets: these modules need plotly, which is an extra.
    "bodyseg_widgets.widgets.landmark_plot": ("LandmarkPlot3D",),
    "bodyseg_widgets.widgets.pose_panel": ("PosePanel3D",),
    "bodyseg_widgets.widgets.pose_time_plot": ("PoseTimePlot",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
