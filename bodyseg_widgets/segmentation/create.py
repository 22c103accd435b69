"""Create segmenters."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import Runtime, SupportedModels, check_runtime, check_threads
from bodyseg_widgets.segmentation.selfie import SelfieModelType, on_litert, on_mediapipe

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation.types import BodySegmenter

__all__ = ["create_segmenter"]


def create_segmenter(
    model: SupportedModels | str,
    *,
    runtime: Runtime | None = None,
    model_type: SelfieModelType = "general",
    num_threads: int | None = None,
) -> BodySegmenter:
    """Create a segmenter. Nothing is downloaded: the models are part of the package.

    Parameters
    ----------
    model : SupportedModels or str
        ``SupportedModels.MediaPipeSelfieSegmentation``.
    runtime : {'tensorflow', 'mediapipe'}
        Required, as in upstream. What runs the network: 'tensorflow' is LiteRT (the new name of
        TensorFlow Lite; TensorFlow is not needed), 'mediapipe' is MediaPipe Tasks. Both give the
        same probabilities within 0.001.
    model_type : {'general', 'landscape'}, optional
        'general' has an input of 256x256 pixels, 'landscape' of 256x144, which is faster.
    num_threads : int or None, optional
        Threads of runtime 'tensorflow', at least 1; None uses the measured optimum. MediaPipe
        chooses its own, so leave this None there.

    Returns
    -------
    BodySegmenter
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
    >>> from bodyseg_widgets import SupportedModels, create_segmenter
    >>> model = SupportedModels.MediaPipeSelfieSegmentation
    >>> with create_segmenter(model, runtime="tensorflow") as segmenter:
    ...     (people,) = segmenter.segment_people(np.full((100, 100, 3), 255, np.uint8))
    >>> people.mask.probability.shape, bool(people.mask.probability.max() < 1 / 255)
    ((100, 100), True)
    """
    if model != SupportedModels.MediaPipeSelfieSegmentation:
        raise InvalidOptionError(_not_a_segmenter(model))
    check_runtime(runtime)
    if model_type not in get_args(SelfieModelType):
        raise InvalidOptionError(
            "Expect model_type (modelConfig.modelType) to be either 'general' or 'landscape', "
            f"but got {model_type}"
        )
    if runtime == "tensorflow":
        return on_litert(model_type, num_threads=num_threads)
    check_threads("mediapipe", num_threads)
    return on_mediapipe(model_type)


def _not_a_segmenter(model: object) -> str:
    refusal = (
        f"{model} is not a supported model name. "
        f"Choose: {SupportedModels.MediaPipeSelfieSegmentation}."
    )
    if model in tuple(SupportedModels):
        return f"{refusal} {model} finds poses, each with a mask; pass it to create_detector."
    return refusal
