"""Create segmenters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.options import (
    Runtime,
    SelfieModelType,
    SupportedModels,
    check_threads,
    checked_options,
)
from bodyseg_widgets.segmentation.custom.segmenter import CUSTOM_MODELS, custom_segmenter
from bodyseg_widgets.segmentation.selfie import on_litert, on_mediapipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.segmentation.types import BodySegmenter

__all__ = ["create_segmenter"]


@named_arguments
def create_segmenter(
    model: SupportedModels | str | Sequence[str],
    *,
    runtime: Runtime | None = None,
    model_type: SelfieModelType | None = None,
    num_threads: int | None = None,
) -> BodySegmenter:
    """Create a segmenter. Nothing is downloaded: the models are part of the package, or your own.

    Parameters
    ----------
    model : SupportedModels, str or sequence of str
        ``"general"``, ``"landscape"``, or as in upstream
        ``SupportedModels.MediaPipeSelfieSegmentation``; also ``(model, model_type)`` and ``(model,
        model_type, runtime)``; or the name of a custom model (`add_model`), which has no other
        option than `num_threads`.
    runtime : {'tensorflow', 'mediapipe'}, optional
        What runs the network: 'tensorflow', the default, is LiteRT (the new name of TensorFlow
        Lite; TensorFlow is not needed), 'mediapipe' is MediaPipe Tasks. Both give the same
        probabilities within 0.001.
    model_type : {'general', 'landscape'}, optional
        'general', the default, has an input of 256x256 pixels, 'landscape' of 256x144, which is
        faster.
    num_threads : int or None, optional
        Threads of runtime 'tensorflow' and of a custom model in a file, at least 1; None uses the
        measured optimum. MediaPipe chooses its own, so leave this None there.

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
        A model file is missing or damaged, or was changed after it was added.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import create_segmenter
    >>> with create_segmenter("general") as segmenter:
    ...     (people,) = segmenter.segment_people(np.full((100, 100, 3), 255, np.uint8))
    >>> people.mask.shape, bool(people.mask.probability.max() < 1 / 255)
    ((100, 100), True)
    """
    custom = CUSTOM_MODELS.get(model) if isinstance(model, str) else None
    if isinstance(model, str) and custom is not None:
        return custom_segmenter(
            model, custom, runtime=runtime, model_type=model_type, num_threads=num_threads
        )
    chosen, checked_runtime = checked_options(
        model,
        model_type,
        runtime,
        only=SupportedModels.MediaPipeSelfieSegmentation,
        made="segmenters",
        advice="BlazePose finds poses, each with a mask: pass it to create_detector, with "
        "enable_segmentation=True.",
    )
    variant = cast("SelfieModelType", chosen)
    if checked_runtime == "tensorflow":
        return on_litert(variant, num_threads=num_threads)
    check_threads(checked_runtime, num_threads)
    return on_mediapipe(variant)
