"""Find out how images fit a network: from its tensors, its file's metadata, and what is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bodyseg_widgets.arguments import check_choice, listed
from bodyseg_widgets.errors import InvalidOptionError, ModelFileError
from bodyseg_widgets.segmentation.custom.classes import checked_labels, count_of
from bodyseg_widgets.segmentation.custom.fitted import Fit, FittedNetwork, real_values
from bodyseg_widgets.segmentation.custom.outputs import as_map, found_activation, is_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.runtimes.tensors import Network, TensorSpec
    from bodyseg_widgets.segmentation.custom.classes import Labels
    from bodyseg_widgets.segmentation.custom.file_options import FileOptions
    from bodyseg_widgets.segmentation.custom.hints import Hints
    from bodyseg_widgets.segmentation.custom.outputs import Activation, Layout
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["fit_of"]

_AXES = 4
_CHANNELS = 3
_MOST_DISTORTED = 2
"""A network whose convolutions leave out the edges returns a map of another shape."""

_FLOATS = ("float32", "float16", "float64")
_QUANTIZED = ("uint8", "int8")


def fit_of(network: Network, hints: Hints, options: FileOptions) -> Fit:
    """Find out how images fit a network.

    It is run on three images, black, white and noise: whether it can be run on one image, what its
    outputs are, and which range they have, is known only then.

    Parameters
    ----------
    network : Network
        The network.
    hints : Hints
        What its file says.
    options : FileOptions
        What is given; it counts more than `hints`.

    Raises
    ------
    ModelFileError
        It does not take one image, or does not return a map.
    InvalidOptionError
        What it needs is neither in the file nor given, or what is given does not fit.
    """
    spec = network.input
    layout = _layout(spec, options.layout)
    mean, std = _normalization(spec, hints, options)
    fit = Fit(
        input_size=_input_size(spec, layout, options.input_size),
        layout=layout,
        mean=mean,
        std=std,
        color_order=options.color_order or hints.color_order or "rgb",
        output=0,
        activation="none",
        labels=None,
    )
    trials = _tried(network, fit)
    number, labels = _map_of(network.outputs, trials, hints, options, fit)
    maps = [as_map(each[number], classes=count_of(labels), layout=layout) for each in trials]
    return replace(fit, output=number, labels=labels, activation=_activation(maps, labels, options))


def _layout(spec: TensorSpec, given: Layout | None) -> Layout:
    if len(spec.shape) != _AXES or spec.dtype not in (*_FLOATS, *_QUANTIZED):
        raise ModelFileError(
            f"The network's input {spec} is no image: expect four axes, (1, height, width, 3) or "
            "(1, 3, height, width), of floating point, uint8 or int8. Wrap it in a function that "
            "makes its input of an image: add_model(name, function)."
        )
    if spec.shape[0] not in (1, None):
        raise ModelFileError(
            f"The network's input {spec} takes {spec.shape[0]} images at once. Export it with a "
            "batch of 1, or of any size."
        )
    channels: dict[Layout, int | None] = {"NHWC": spec.shape[3], "NCHW": spec.shape[1]}
    fitting = [layout for layout, length in channels.items() if length == _CHANNELS]
    possible = [layout for layout, length in channels.items() if length in (_CHANNELS, None)]
    if given is not None:
        if given not in possible:
            raise InvalidOptionError(
                f"layout={given!r} does not fit the network's input {spec}, which has "
                f"{channels[given]} channels there, not {_CHANNELS}. Leave layout out."
            )
        return given
    if len(fitting) == 1:
        return fitting[0]
    if possible:
        raise InvalidOptionError(
            f"Which axis of the network's input {spec} has the channels? Pass layout='NHWC' if it "
            "is the last one, or layout='NCHW' if it is the second."
        )
    raise ModelFileError(
        f"The network's input {spec} has not {_CHANNELS} channels: expect (1, height, width, 3) or "
        "(1, 3, height, width). Wrap it in a function that makes its input of an image: "
        "add_model(name, function)."
    )


def _input_size(spec: TensorSpec, layout: Layout, given: Size | None) -> Size:
    height, width = spec.shape[1:3] if layout == "NHWC" else spec.shape[2:]
    if given is None:
        if height is None or width is None:
            raise InvalidOptionError(
                f"The network's input {spec} can have any size. Pass the one that it was trained "
                "with: input_size=(height, width)."
            )
        return height, width
    if height not in (given[0], None) or width not in (given[1], None):
        raise InvalidOptionError(
            f"input_size={given} does not fit the network's input {spec}. Leave input_size out."
        )
    return given


def _normalization(
    spec: TensorSpec, hints: Hints, options: FileOptions
) -> tuple[tuple[float, ...] | None, tuple[float, ...] | None]:
    if options.mean is not None:
        return options.mean, options.std
    if hints.mean is not None and hints.std is not None:
        for numbers in (hints.mean, hints.std):
            if len(numbers) not in (1, _CHANNELS) or not np.isfinite(numbers).all():
                raise ModelFileError(
                    f"The file's metadata normalize pixels with mean {hints.mean} and std "
                    f"{hints.std}, but expect one number, or one for each channel. Pass mean=… and "
                    "std=…."
                )
        if 0 in hints.std:
            raise ModelFileError("The file's metadata divide pixels by 0. Pass mean=… and std=….")
        mean, std = (
            tuple(np.broadcast_to(each, _CHANNELS).tolist()) for each in (hints.mean, hints.std)
        )
        return mean, std
    if spec.dtype in _QUANTIZED:
        return None, None
    raise InvalidOptionError(
        "The file does not say how pixels are normalized. Pass mean and std, so that a pixel value "
        "x, 0 to 255, becomes (x - mean) / std: mean=0, std=255 for values from 0 to 1; mean=127.5,"
        " std=127.5 for -1 to 1; mean=0, std=1 for 0 to 255; mean=(123.675, 116.28, 103.53), "
        "std=(58.395, 57.12, 57.375) for networks trained like those of ImageNet."
    )


def _tried(network: Network, fit: Fit) -> list[list[NDArray[Any]]]:
    """Return the outputs for black, white and noise."""
    fitted = FittedNetwork(network, fit)
    size = (*fit.input_size, _CHANNELS)
    noise = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    images: list[RgbImage] = [np.zeros(size, np.uint8), np.full(size, 255, np.uint8), noise]
    return [
        [
            real_values(output, spec)
            for output, spec in zip(fitted.run(image), network.outputs, strict=True)
        ]
        for image in images
    ]


def _map_of(
    specs: Sequence[TensorSpec],
    trials: list[list[NDArray[Any]]],
    hints: Hints,
    options: FileOptions,
    fit: Fit,
) -> tuple[int, Labels]:
    """Return which output is the map, and the labels of its classes."""
    outputs = trials[0]
    numbers = range(len(outputs))
    if options.output is not None:
        names = [spec.name for spec in specs]
        numbers = range(at := names.index(check_choice("output", options.output, names)), at + 1)
    found: list[tuple[int, Labels]] = []
    for number in numbers:
        labels = options.labels or checked_labels(hints.labels.get(number))
        planes = as_map(outputs[number], classes=count_of(labels), layout=fit.layout)
        if planes is not None and _covers(planes, fit.input_size):
            found.append((number, labels))
    described = ", ".join(
        f"{specs[number].name!r} {outputs[number].shape} {outputs[number].dtype}"
        for number in numbers
    )
    if len(found) > 1:
        raise InvalidOptionError(
            f"The network returns {len(found)} maps: {described}. Choose one: "
            f"output={specs[found[0][0]].name!r}."
        )
    if not found:
        raise _no_map(
            described, [outputs[number] for number in numbers], options.labels, fit.layout
        )
    number, labels = found[0]
    if is_numbers(outputs[number]) and labels is None:
        raise InvalidOptionError(
            f"The network returns numbers of classes, {described}. Name the classes: labels=[…]."
        )
    return number, labels


def _covers(planes: NDArray[Any], size: Size) -> bool:
    """Return whether a map has about the input's shape: a list of boxes has not."""
    height, width = int(planes.shape[0]), int(planes.shape[1])
    distorted = (height / size[0]) / (width / size[1])
    return max(distorted, 1 / distorted) < _MOST_DISTORTED


def _no_map(
    described: str, outputs: list[NDArray[Any]], labels: Labels, layout: Layout
) -> InvalidOptionError | ModelFileError:
    for output in outputs:
        if output.ndim == _AXES and output.shape[0] == 1:
            height, width, classes = (
                output.shape[1:] if layout == "NHWC" else (*output.shape[2:], output.shape[1])
            )
            if min(height, width) > 1:
                return InvalidOptionError(
                    f"The network returns {classes} classes, {described}, but "
                    + (
                        "it is not known which is a person. Name all of them: labels=[…]."
                        if labels is None
                        else f"there are {len(labels)} labels: {listed(labels)}. Name each class, "
                        "or leave labels out if there is one."
                    )
                )
    return ModelFileError(
        f"The network returns {described}, but expect a map: (1, height, width, classes) or "
        "(1, classes, height, width). Wrap it in a function that makes one of what it returns: "
        "add_model(name, function)."
    )


def _activation(
    maps: Sequence[NDArray[Any] | None], labels: Labels, options: FileOptions
) -> Activation:
    planes = [each for each in maps if each is not None]
    if is_numbers(planes[0]):
        if options.activation not in ("auto", "none"):
            raise InvalidOptionError(
                f"activation={options.activation!r} is for probabilities, but the network returns "
                "numbers of classes. Leave activation out."
            )
        return "none"
    classes = count_of(labels)
    if options.activation == "softmax" and classes == 1:
        raise InvalidOptionError(
            "activation='softmax' is for several classes, but the network returns one. Use "
            "'sigmoid', or leave activation out."
        )
    if options.activation != "auto":
        return cast("Activation", options.activation)
    lowest, highest = (
        min(float(each.min()) for each in planes),
        max(float(each.max()) for each in planes),
    )
    if not np.isfinite([lowest, highest]).all():
        raise ModelFileError(
            "The network returns values that are no numbers (NaN or infinite) for a black, a white "
            "or a noisy image. Do mean and std fit it?"
        )
    return found_activation(lowest, highest, classes=classes)
