"""Create segmenters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast, overload

from bodyseg_widgets.arguments import listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.models import BodyPixVariant, find_weights
from bodyseg_widgets.options import (
    Runtime,
    SelfieModelType,
    SupportedModels,
    check_runtime,
    check_threads,
    checked_model,
    checked_variant,
)
from bodyseg_widgets.segmentation.bodypix import from_file
from bodyseg_widgets.segmentation.custom.segmenter import CUSTOM_MODELS, custom_segmenter
from bodyseg_widgets.segmentation.selfie import on_litert, on_mediapipe

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.models import BodyPixArchitecture
    from bodyseg_widgets.options import Named
    from bodyseg_widgets.segmentation.bodypix import BodyPixSegmenter
    from bodyseg_widgets.segmentation.types import BodySegmenter

__all__ = ["create_segmenter"]


@overload
def create_segmenter(
    model: Literal["BodyPix", SupportedModels.BodyPix],
    *,
    runtime: Runtime | None = None,
    model_type: str | None = None,
    num_threads: int | None = None,
    architecture: BodyPixArchitecture | None = None,
    output_stride: int | None = None,
    multiplier: float | None = None,
    quant_bytes: int | None = None,
    model_url: str | os.PathLike[str] | None = None,
) -> BodyPixSegmenter: ...


@overload
def create_segmenter(
    model: SupportedModels | str | Sequence[str],
    *,
    runtime: Runtime | None = None,
    model_type: str | None = None,
    num_threads: int | None = None,
    architecture: BodyPixArchitecture | None = None,
    output_stride: int | None = None,
    multiplier: float | None = None,
    quant_bytes: int | None = None,
    model_url: str | os.PathLike[str] | None = None,
) -> BodySegmenter: ...


@named_arguments
def create_segmenter(
    model: SupportedModels | str | Sequence[str],
    *,
    runtime: Runtime | None = None,
    model_type: str | None = None,
    num_threads: int | None = None,
    architecture: BodyPixArchitecture | None = None,
    output_stride: int | None = None,
    multiplier: float | None = None,
    quant_bytes: int | None = None,
    model_url: str | os.PathLike[str] | None = None,
) -> BodySegmenter:
    """Create a segmenter. Nothing is downloaded.

    The selfie models are part of the package. BodyPix's weights are not: see
    :func:`fetch_weights` and :func:`add_weights`. Custom models are your own.

    Parameters
    ----------
    model : SupportedModels, str or sequence of str
        ``"general"``, ``"landscape"``, ``"BodyPix"``, or as in upstream
        ``SupportedModels.MediaPipeSelfieSegmentation``; also ``(model, model_type)`` and ``(model,
        model_type, runtime)``; or the name of a custom model (`add_model`), which has no other
        option than `num_threads`.
    runtime : {'tensorflow', 'mediapipe'}, optional
        What runs the network: 'tensorflow', the default, is LiteRT (the new name of TensorFlow
        Lite; TensorFlow is not needed), 'mediapipe' is MediaPipe Tasks. Both give the same
        probabilities within 0.001. BodyPix runs on 'tensorflow' only.
    model_type : str, optional
        'general', the default, has an input of 256x256 pixels, 'landscape' of 256x144, which is
        faster. Of BodyPix the name that it has in streams, such as 'MobileNetV1 0.75 quant2', in
        place of its options.
    num_threads : int or None, optional
        Threads of runtime 'tensorflow' and of a custom model in a file, at least 1; None uses the
        measured optimum. MediaPipe chooses its own, so leave this None there.
    architecture : {'MobileNetV1', 'ResNet50'}, optional
        Of BodyPix: 'MobileNetV1', the default, is small and fast, 'ResNet50' accurate and slow.
    output_stride : int, optional
        Of BodyPix: pixels of the network's input per pixel of its output, 8, 16 or 32 with
        'MobileNetV1', 16 or 32 with 'ResNet50'; default 16. Smaller is more accurate and slower.
    multiplier : float, optional
        Of BodyPix: the share of each layer's channels, 0.5, 0.75 or 1.0 with 'MobileNetV1', default
        0.75; 1.0 with 'ResNet50'. Upstream's code takes 1.0 where other options are given.
    quant_bytes : int, optional
        Of BodyPix: bytes per weight in the files, 1, 2 or 4; default 4. With 1, masks are poor.
    model_url : str or os.PathLike, optional
        Of BodyPix: a ``model….json`` of your own, or the folder that it is in; or a URL that
        :func:`fetch_weights` has downloaded from.

    Returns
    -------
    BodySegmenter
        Dispose it when done, or use it as a context manager.

    Raises
    ------
    InvalidOptionError
        The model, runtime, model type or an option of BodyPix is unknown, options do not fit the
        model, or `num_threads` is invalid.
    MissingWeightsError
        BodyPix's weights are not on this computer; the message says how they get there.
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
    options = {
        "architecture": architecture,
        "output_stride": output_stride,
        "multiplier": multiplier,
        "quant_bytes": quant_bytes,
    }
    given = {name: value for name, value in options.items() if value is not None}
    of_bodypix = [*given, *(() if model_url is None else ("model_url",))]
    custom = CUSTOM_MODELS.get(model) if isinstance(model, str) else None
    if isinstance(model, str) and custom is not None:
        _refuse(of_bodypix, model)
        return custom_segmenter(
            model, custom, runtime=runtime, model_type=model_type, num_threads=num_threads
        )
    named = checked_model(
        model,
        model_type,
        runtime,
        offered=[SupportedModels.MediaPipeSelfieSegmentation, SupportedModels.BodyPix],
        made="segmenters",
        also=[*CUSTOM_MODELS],
        advice="BlazePose finds poses, each with a mask: pass it to create_detector, with "
        "enable_segmentation=True.",
    )
    if named.model == SupportedModels.BodyPix:
        variant = _bodypix_variant(named, given)
        weights = find_weights(variant, model_url)
        return from_file(weights, variant, num_threads=num_threads, model_url=model_url)
    _refuse(of_bodypix, named.model)
    chosen, checked_runtime = checked_variant(named)
    selfie_type = cast("SelfieModelType", chosen)
    if checked_runtime == "tensorflow":
        return on_litert(selfie_type, num_threads=num_threads)
    check_threads(checked_runtime, num_threads)
    return on_mediapipe(selfie_type)


def _refuse(of_bodypix: Sequence[str], model: str) -> None:
    if of_bodypix:
        raise InvalidOptionError(
            f"{listed(of_bodypix)} is for BodyPix only, but the model is {model}. Leave it out, or "
            "choose create_segmenter('BodyPix', …)."
        )


def _bodypix_variant(named: Named, given: Mapping[str, object]) -> BodyPixVariant:
    if check_runtime(named.runtime) != "tensorflow":
        raise InvalidOptionError(
            f"BodyPix runs on runtime='tensorflow' only, but got {named.runtime!r}. Leave runtime "
            "out."
        )
    if named.model_type is None:
        return BodyPixVariant(**given)  # type: ignore[arg-type]
    if given:
        raise InvalidOptionError(
            f"{listed(given)} is in the model_type {named.model_type!r} already. Leave one out."
        )
    return BodyPixVariant.of_name(named.model_type)
