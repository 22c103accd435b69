"""The door to every segmenter."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.segmentation.selfie import SelfieModelType, on_litert, on_mediapipe

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation.types import BodySegmenter

__all__ = ["Runtime", "SupportedModels", "create_segmenter"]

Runtime: TypeAlias = Literal["tensorflow", "mediapipe"]


class SupportedModels(StrEnum):
    """The models that :func:`create_segmenter` knows, named as upstream."""

    MediaPipeSelfieSegmentation = "MediaPipeSelfieSegmentation"


def create_segmenter(
    model: SupportedModels | str,
    *,
    runtime: Runtime | None = None,
    model_type: SelfieModelType = "general",
    num_threads: int | None = None,
) -> BodySegmenter:
    """Make a segmenter. Nothing is downloaded: the models are part of the package.

    Parameters
    ----------
    model : SupportedModels or str
        ``SupportedModels.MediaPipeSelfieSegmentation``.
    runtime : {'tensorflow', 'mediapipe'}
        Required, as upstream. What runs the network: 'tensorflow' is LiteRT (TensorFlow Lite under
        its new name, no TensorFlow needed), 'mediapipe' is MediaPipe Tasks.
        Both give the same probabilities within 0.001.
    model_type : {'general', 'landscape'}, optional
        'general' looks at 256x256 pixels, 'landscape' at 256x144 and is faster.
    num_threads : int or None, optional
        Threads of runtime 'tensorflow', at least 1; None takes the measured
        best. MediaPipe chooses its own, so leave it None there.

    Returns
    -------
    BodySegmenter
        Dispose it when done, or use it as a context manager.

    Raises
    ------
    InvalidOptionError
        An unknown model, runtime or model type, or an impossible `num_threads`.
    MissingDependencyError
        The runtime's package is not installed; the message says how to.
    IncompatibleDependencyError
        A mediapipe is installed that can report usage over the network.
    ModelFileError
        A bundled model file is absent or damaged.

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
    if model not in tuple(SupportedModels):
        raise InvalidOptionError(
            f"{model} is not a supported model name. "
            f"Choose one of: {', '.join(map(str, SupportedModels))}."
        )
    if runtime not in get_args(Runtime):
        raise InvalidOptionError(
            "Expect modelConfig.runtime to be either 'tensorflow' or 'mediapipe', "
            f"but got {runtime}"
        )
    if model_type not in get_args(SelfieModelType):
        raise InvalidOptionError(
            "Expect modelConfig.modelType (model_type) to be either 'general' or 'landscape', "
            f"but got {model_type}"
        )
    if runtime == "tensorflow":
        return on_litert(model_type, num_threads=num_threads)
    if num_threads is not None:
        raise InvalidOptionError(
            f"runtime='mediapipe' chooses its own threads, but got num_threads={num_threads!r}. "
            "Leave num_threads out, or use runtime='tensorflow'."
        )
    return on_mediapipe(model_type)
