"""Live person segmentation in JupyterLab and in plain Python.

This module only re-exports names. The module that defines a name is imported when the name is first
used, so importing the package is fast and loads no runtime.

Examples
--------
>>> import numpy as np
>>> import bodyseg_widgets as bs
>>> with bs.create_segmenter("general") as segmenter:
...     (people,) = segmenter.segment_people(np.zeros((480, 640, 3), np.uint8))
>>> people.mask.shape
(480, 640)
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from bodyseg_widgets.shown import make_cards_with as _make_cards_with

if TYPE_CHECKING:
    from types import FrameType

    from bodyseg_widgets.errors import (
        BodySegError,
        DisposedError,
        EffectError,
        ExistingFileError,
        IncompatibleDependencyError,
        InvalidImageError,
        InvalidOptionError,
        MissingDependencyError,
        MissingWeightsError,
        ModelFileError,
        RecordingError,
        SourceError,
        UnknownArgumentError,
        UnknownAttributeError,
        UnknownImportError,
        UnwritableFileError,
    )
    from bodyseg_widgets.evaluation import intersection_over_union, mean_absolute_difference
    from bodyseg_widgets.measuring import (
        Benchmark,
        Comparison,
        Dataset,
        Evaluation,
        Failure,
        Gallery,
        Latency,
        Machine,
        Speed,
        benchmark,
        coco_people,
        evaluate,
        open_dataset,
        pairs_in_folder,
        pairs_in_table,
        recorded_frames,
        save_pair,
        video_with_masks,
    )
    from bodyseg_widgets.models import add_weights, fetch_weights
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
    from bodyseg_widgets.rendering import (
        Color,
        MaskSmoother,
        blur_body_part,
        body_pix_mask_value_to_rainbow_color,
        class_colors,
        draw_bokeh_effect,
        draw_heatmap,
        draw_mask,
        draw_parts,
        draw_people,
        draw_pixelated_mask,
        draw_skeleton,
        estimate_foreground,
        person_color,
        replace_background,
        side_by_side,
        to_binary_mask,
        to_colored_mask,
    )
    from bodyseg_widgets.segmentation import (
        BodySegmenter,
        Mask,
        Region,
        Segmentation,
        create_segmenter,
    )
    from bodyseg_widgets.shown import Card
    from bodyseg_widgets.streaming import (
        Frame,
        PoseRecorder,
        Recording,
        RecordingWriter,
        Result,
        Snapshot,
        StreamLog,
        Timings,
        add_model,
        remove_model,
    )
    from bodyseg_widgets.streaming.effects import PythonEffect, Range, ShaderEffect, effect
    from bodyseg_widgets.streaming.offline import (
        FailedFile,
        SegmentedFiles,
        apply_effect,
        segment_files,
    )
    from bodyseg_widgets.streaming.samples import (
        Movement,
        portrait_reference,
        sample,
        sample_results,
    )
    from bodyseg_widgets.widgets import (
        Compare,
        DifferenceView,
        EffectControls,
        Explorer,
        MaskEditor,
        ModelPanel,
        SavedFiles,
        ScoreSlider,
        SegmentationStream,
        SegmentationView,
        ThresholdSlider,
        Timeline,
        TimingReadout,
        ViewRecorder,
        ViewTabs,
        Webcam,
    )
    from bodyseg_widgets.widgets.compare.agreement_plot import AgreementPlot
    from bodyseg_widgets.widgets.compare.agreement_table import AgreementTable
    from bodyseg_widgets.widgets.compare.profile_plot import ProfilePlot
    from bodyseg_widgets.widgets.compare.sweep_plot import SweepPlot
    from bodyseg_widgets.widgets.pose.landmark_plot import LandmarkPlot3D
    from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.pose.pose_time_plot import PoseTimePlot

    __version__: str

__all__ = [
    "ADJACENT_PAIRS",
    "KEYPOINT_NAMES",
    "STANDARD_ANGLES",
    "AgreementPlot",
    "AgreementTable",
    "Benchmark",
    "BodySegError",
    "BodySegmenter",
    "Color",
    "Compare",
    "Comparison",
    "Dataset",
    "DifferenceView",
    "DisposedError",
    "EffectControls",
    "EffectError",
    "Evaluation",
    "ExistingFileError",
    "Explorer",
    "FailedFile",
    "Failure",
    "Frame",
    "Gallery",
    "IncompatibleDependencyError",
    "InvalidImageError",
    "InvalidOptionError",
    "Keypoint",
    "LandmarkPlot3D",
    "Latency",
    "Machine",
    "Mask",
    "MaskEditor",
    "MaskSmoother",
    "MissingDependencyError",
    "MissingWeightsError",
    "ModelFileError",
    "ModelPanel",
    "Movement",
    "Pose",
    "PoseDetector",
    "PosePanel3D",
    "PoseRecorder",
    "PoseTimePlot",
    "ProfilePlot",
    "PythonEffect",
    "Range",
    "Recording",
    "RecordingError",
    "RecordingWriter",
    "Region",
    "Result",
    "SavedFiles",
    "ScoreSlider",
    "Segmentation",
    "SegmentationStream",
    "SegmentationView",
    "SegmentedFiles",
    "ShaderEffect",
    "Snapshot",
    "SourceError",
    "Speed",
    "StreamLog",
    "SupportedModels",
    "SweepPlot",
    "ThresholdSlider",
    "TimedPoses",
    "Timeline",
    "TimingReadout",
    "Timings",
    "UnknownArgumentError",
    "UnknownAttributeError",
    "UnknownImportError",
    "UnwritableFileError",
    "ViewRecorder",
    "ViewTabs",
    "Webcam",
    "add_model",
    "add_weights",
    "angles_to_dataframe",
    "apply_effect",
    "benchmark",
    "blur_body_part",
    "body_pix_mask_value_to_rainbow_color",
    "class_colors",
    "coco_people",
    "create_detector",
    "create_segmenter",
    "draw_bokeh_effect",
    "draw_heatmap",
    "draw_mask",
    "draw_parts",
    "draw_people",
    "draw_pixelated_mask",
    "draw_skeleton",
    "effect",
    "estimate_foreground",
    "evaluate",
    "fetch_weights",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
    "intersection_over_union",
    "joint_angle",
    "joint_angles",
    "mean_absolute_difference",
    "open_dataset",
    "pairs_in_folder",
    "pairs_in_table",
    "person_color",
    "portrait_reference",
    "poses_to_dataframe",
    "recorded_frames",
    "remove_model",
    "replace_background",
    "sample",
    "sample_results",
    "save_pair",
    "save_poses",
    "segment_files",
    "side_by_side",
    "to_binary_mask",
    "to_colored_mask",
    "video_with_masks",
]

_HOMES = {
    "bodyseg_widgets.errors": (
        "BodySegError",
        "DisposedError",
        "EffectError",
        "ExistingFileError",
        "IncompatibleDependencyError",
        "InvalidImageError",
        "InvalidOptionError",
        "MissingDependencyError",
        "MissingWeightsError",
        "ModelFileError",
        "RecordingError",
        "SourceError",
        "UnknownArgumentError",
        "UnknownAttributeError",
        "UnknownImportError",
        "UnwritableFileError",
    ),
    "bodyseg_widgets.evaluation": ("intersection_over_union", "mean_absolute_difference"),
    "bodyseg_widgets.measuring": (
        "Benchmark",
        "Comparison",
        "Dataset",
        "Evaluation",
        "Failure",
        "Gallery",
        "Latency",
        "Machine",
        "Speed",
        "benchmark",
        "coco_people",
        "evaluate",
        "open_dataset",
        "pairs_in_folder",
        "pairs_in_table",
        "recorded_frames",
        "save_pair",
        "video_with_masks",
    ),
    "bodyseg_widgets.models": ("add_weights", "fetch_weights"),
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
    "bodyseg_widgets.rendering": (
        "Color",
        "MaskSmoother",
        "blur_body_part",
        "body_pix_mask_value_to_rainbow_color",
        "class_colors",
        "draw_bokeh_effect",
        "draw_heatmap",
        "draw_mask",
        "draw_parts",
        "draw_people",
        "draw_pixelated_mask",
        "draw_skeleton",
        "estimate_foreground",
        "person_color",
        "replace_background",
        "side_by_side",
        "to_binary_mask",
        "to_colored_mask",
    ),
    "bodyseg_widgets.segmentation": (
        "BodySegmenter",
        "Mask",
        "Region",
        "Segmentation",
        "create_segmenter",
    ),
    "bodyseg_widgets.streaming": (
        "Frame",
        "PoseRecorder",
        "Recording",
        "RecordingWriter",
        "Result",
        "Snapshot",
        "StreamLog",
        "Timings",
        "add_model",
        "remove_model",
    ),
    "bodyseg_widgets.streaming.effects": ("PythonEffect", "Range", "ShaderEffect", "effect"),
    "bodyseg_widgets.streaming.offline": (
        "FailedFile",
        "SegmentedFiles",
        "apply_effect",
        "segment_files",
    ),
    "bodyseg_widgets.streaming.samples": (
        "Movement",
        "portrait_reference",
        "sample",
        "sample_results",
    ),
    "bodyseg_widgets.widgets": (
        "Compare",
        "DifferenceView",
        "EffectControls",
        "Explorer",
        "MaskEditor",
        "ModelPanel",
        "SavedFiles",
        "ScoreSlider",
        "SegmentationStream",
        "SegmentationView",
        "ThresholdSlider",
        "Timeline",
        "TimingReadout",
        "ViewRecorder",
        "ViewTabs",
        "Webcam",
    ),
    "bodyseg_widgets.widgets.compare.agreement_table": ("AgreementTable",),
    # Not exported by bodyseg_widgets.widgets: these modules need plotly, which is an extra.
    "bodyseg_widgets.widgets.compare.agreement_plot": ("AgreementPlot",),
    "bodyseg_widgets.widgets.pose.landmark_plot": ("LandmarkPlot3D",),
    "bodyseg_widgets.widgets.pose.pose_panel": ("PosePanel3D",),
    "bodyseg_widgets.widgets.pose.pose_time_plot": ("PoseTimePlot",),
    "bodyseg_widgets.widgets.compare.profile_plot": ("ProfilePlot",),
    "bodyseg_widgets.widgets.compare.sweep_plot": ("SweepPlot",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    value: object
    if name == "__version__":
        # importlib.metadata takes longer to import than the rest of this module.
        value = import_module("importlib.metadata").version("bodyseg-widgets")
    elif name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise _unknown(name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def _card_of(shown: object) -> Card:
    card: Card = import_module("bodyseg_widgets.cards").card_of(shown)
    return card


_make_cards_with(_card_of)


def _unknown(name: str) -> Exception:
    if name.startswith("__"):
        # Python's own machinery asks for such names.
        return AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bodyseg_widgets.arguments import did_you_mean  # noqa: PLC0415 - rarely needed
    from bodyseg_widgets.errors import UnknownAttributeError, UnknownImportError  # noqa: PLC0415

    meant = _METHODS.get(name) or did_you_mean(name, __all__)
    if _is_from_import(sys._getframe(2)):  # noqa: SLF001 - the only way to know who asks
        return UnknownImportError(f"bodyseg_widgets has no {name!r} to import.{meant}", name=name)
    return UnknownAttributeError(f"bodyseg_widgets has no attribute {name!r}.{meant}", name=name)


_METHODS = dict.fromkeys(
    ("segment_people", "segmentPeople"),
    " It is a method of segmenters: create_segmenter('general').segment_people(image).",
) | dict.fromkeys(
    ("estimate_poses", "estimatePoses"),
    " It is a method of detectors: create_detector('full').estimate_poses(image).",
)


def _is_from_import(frame: FrameType) -> bool:
    """Whether a frame runs ``from bodyseg_widgets import …``.

    Python replaces the message of an AttributeError there, and with it the name that was meant.
    """
    import dis  # noqa: PLC0415 - rarely needed

    return dis.opname[frame.f_code.co_code[frame.f_lasti]] == "IMPORT_FROM"
