"""Create pose detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import Runtime, SupportedModels, check_runtime, check_threads
from bodyseg_widgets.pose.blazepose import BlazePoseModelType, on_litert, on_mediapipe

if TYPE_CHECKING:
    from bodyseg_widgets.pose.types import PoseDetector

__all__ = ["create_detector"]


def create_detector(
    model: SupportedModels | str,
    *,
    runtime: Runtime | None = None,
    model_type: BlazePoseModelType = "full",
    enable_smoothing: bool = True,
    enable_segmentation: bool = False,
    smooth_segmentation: bool = True,
    num_threads: int | None = None,
) -> PoseDetector:
    """Create a pose detector. Nothing is downloaded: the models are part of the package.

    Parameters
    ----------
    model : SupportedModels or str
        ``SupportedModels.BlazePose``.
    runtime : {'tensorflow', 'mediapipe'}
        Required, as in upstream. What runs the networks: 'tensorflow' is this package's own
        pipeline on LiteRT (the new name of TensorFlow Lite; TensorFlow is not needed), 'mediapipe'
        is MediaPipe Tasks.
    model_type : {'lite', 'full', 'heavy'}, optional
        From fast to accurate.
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
    >>> from bodyseg_widgets import SupportedModels, create_detector
    >>> with create_detector(SupportedModels.BlazePose, runtime="tensorflow") as detector:
    ...     detector.estimate_poses(np.zeros((480, 640, 3), np.uint8))
    []
    """
    if model != SupportedModels.BlazePose:
        raise InvalidOptionError(_not_a_pose_model(model))
    check_runtime(runtime)
    if model_type not in get_args(BlazePoseModelType):
        raise InvalidOptionError(
            "Expect model_type (modelConfig.modelType) to be one of 'lite', 'full', 'heavy', "
            f"but got {model_type}"
        )
    if runtime == "tensorflow":
        return on_litert(
            model_type,
            enable_smoothing=enable_smoothing,
            enable_segmentation=enable_segmentation,
            smooth_segmentation=smooth_segmentation,
            num_threads=num_threads,
        )
    check_threads("mediapipe", num_threads)
    return on_mediapipe(
        model_type,
        enable_smoothing=enable_smoothing,
        enable_segmentation=enable_segmentation,
        smooth_segmentation=smooth_segmentation,
    )


def _not_a_pose_model(model: object) -> str:
    refusal = f"{model} is not a supported model name. Choose: {SupportedModels.BlazePose}."
    if model in tuple(SupportedModels):
        return f"{refusal} {model} does not find poses; pass it to create_segmenter."
    return refusal
