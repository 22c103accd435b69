"""Create pose detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.options import (
    BlazePoseModelType,
    Runtime,
    SupportedModels,
    check_threads,
    checked_model,
    checked_variant,
)
from bodyseg_widgets.pose.blazepose import on_litert, on_mediapipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose.types import PoseDetector

__all__ = ["create_detector"]


@named_arguments
def create_detector(
    model: SupportedModels | str | Sequence[str],
    *,
    runtime: Runtime | None = None,
    model_type: BlazePoseModelType | None = None,
    enable_smoothing: bool = True,
    enable_segmentation: bool = False,
    smooth_segmentation: bool = True,
    num_threads: int | None = None,
) -> PoseDetector:
    """Create a pose detector. Nothing is downloaded: the models are part of the package.

    Parameters
    ----------
    model : SupportedModels, str or sequence of str
        ``"lite"``, ``"full"``, ``"heavy"``, or as in upstream ``SupportedModels.BlazePose``; also
        ``(model, model_type)`` and ``(model, model_type, runtime)``.
    runtime : {'tensorflow', 'mediapipe'}, optional
        What runs the networks: 'tensorflow', the default, is this package's own pipeline on LiteRT
        (the new name of TensorFlow Lite; TensorFlow is not needed), 'mediapipe' is MediaPipe Tasks.
    model_type : {'lite', 'full', 'heavy'}, optional
        From fast to accurate; default 'full'.
    enable_smoothing : bool, optional
        Whether to smooth keypoints over a video's frames. On 'mediapipe', False makes detection
        slower by half or more: MediaPipe then searches the whole image for people in every frame.
    enable_segmentation : bool, optional
        Whether each pose includes the person's mask.
    smooth_segmentation : bool, optional
        Whether to smooth the mask over a video's frames.
    num_threads : int or None, optional
        Threads of runtime 'tensorflow', at least 1; None uses the measured optimum. MediaPipe
        chooses its own, so leave this None there.

    Returns
    -------
    PoseDetector
        Dispose it when done, or use it as a context manager.

    Raises
    ------
    InvalidOptionError
        The model, runtime or model type is unknown, or `num_threads` is invalid.
    MissingDependencyError
        The runtime's package is not installed; the message says how to install it.
    IncompatibleDependencyError
        The installed mediapipe can report usage over the network.
    ModelFileError
        A bundled model file is missing or damaged.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import create_detector
    >>> with create_detector("full") as detector:
    ...     detector.estimate_poses(np.zeros((480, 640, 3), np.uint8))
    []
    """
    named = checked_model(
        model,
        model_type,
        runtime,
        offered=[SupportedModels.BlazePose],
        made="detectors",
        advice="The others find masks: pass them to create_segmenter.",
    )
    chosen, checked_runtime = checked_variant(named)
    variant = cast("BlazePoseModelType", chosen)
    if checked_runtime == "tensorflow":
        return on_litert(
            variant,
            enable_smoothing=enable_smoothing,
            enable_segmentation=enable_segmentation,
            smooth_segmentation=smooth_segmentation,
            num_threads=num_threads,
        )
    check_threads(checked_runtime, num_threads)
    return on_mediapipe(
        variant,
        enable_smoothing=enable_smoothing,
        enable_segmentation=enable_segmentation,
        smooth_segmentation=smooth_segmentation,
    )
