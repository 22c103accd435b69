"""A network between an image and a person's probability: what goes in, what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.segmentation.custom.classes import (
    count_of,
    map_of_numbers,
    map_of_planes,
)
from bodyseg_widgets.segmentation.custom.outputs import activated, as_map, is_numbers
from bodyseg_widgets.segmentation.stretch import stretched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.runtimes.tensors import Network, TensorSpec
    from bodyseg_widgets.segmentation.custom.classes import ClassMap, Labels
    from bodyseg_widgets.segmentation.custom.hints import ColorOrder
    from bodyseg_widgets.segmentation.custom.outputs import Activation, Layout
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["Fit", "FittedNetwork", "real_values", "with_tuples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How images fit a network, and what its output means.

    Attributes
    ----------
    input_size : tuple of int
        (height, width) of its input, in pixels.
    layout : {'NHWC', 'NCHW'}
        Where its input has the channels.
    mean, std : tuple of float or None
        For each channel: a pixel value ``x``, 0 to 255, is normalized to ``(x - mean) / std``. None
        if a quantized input takes pixel values as they are.
    color_order : {'rgb', 'bgr'}
        The order of the channels; of `mean` and `std`, too.
    output : int
        Which output is the map.
    activation : {'softmax', 'sigmoid', 'none'}
        What turns it into probabilities.
    labels : tuple of str or None
        One for each class.
    """

    input_size: Size
    layout: Layout
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    color_order: ColorOrder
    output: int
    activation: Activation
    labels: Labels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the input."""
        height, width = self.input_size
        return (1, height, width, 3) if self.layout == "NHWC" else (1, 3, height, width)


def with_tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a data class with tuples where JSON has lists.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.fitted import with_tuples
    >>> with_tuples({"input_size": [256, 144], "layout": "NHWC"})
    {'input_size': (256, 144), 'layout': 'NHWC'}
    """
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }


class FittedNetwork:
    """A network that takes an image.

    Parameters
    ----------
    network : Network
        Its input gets the shape of the fit.
    fit : Fit
        How images fit it.
    """

    def __init__(self, network: Network, fit: Fit) -> None:
        self._network = network
        self._fit = fit
        if network.input.shape != fit.shape:
            network.resize(fit.shape)

    def run(self, image: RgbImage) -> Sequence[NDArray[Any]]:
        """Return all outputs, as the network returned them.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB.
        """
        return self._network.run(lambda tensor: self._write(tensor, image))

    def find(self, image: RgbImage) -> ClassMap:
        """Return what is where, at the network's own resolution.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB.

        Raises
        ------
        InvalidOptionError
            The network returned no probabilities, or numbers of classes without a label.
        """
        fit = self._fit
        output = real_values(self.run(image)[fit.output], self._network.outputs[fit.output])
        planes = as_map(output, classes=count_of(fit.labels), layout=fit.layout)
        if planes is None:
            # Its shape was that of a map when it was added.
            raise ValueError("The network returned no map.")
        if fit.labels is not None and is_numbers(planes):
            return map_of_numbers(planes[..., 0], fit.labels)
        return map_of_planes(activated(planes, fit.activation), fit.labels)

    def _write(self, tensor: NDArray[Any], image: RgbImage) -> None:
        pixels = stretched(image, self._fit.input_size)
        if self._fit.color_order == "bgr":
            pixels = pixels[..., ::-1]
        target = tensor[0] if self._fit.layout == "NHWC" else tensor[0].transpose(1, 2, 0)
        target[...] = self._normalized(pixels)

    def _normalized(self, pixels: RgbImage) -> NDArray[Any]:
        spec, mean, std = self._network.input, self._fit.mean, self._fit.std
        if mean is None or std is None:
            # The smallest value of the type is black: 0 of uint8, -128 of int8.
            return pixels + np.int16(np.iinfo(spec.dtype).min)
        values = np.subtract(pixels, np.asarray(mean, np.float32), dtype=np.float32)
        # As the bundled selfie models do: a division differs in the last bit.
        values *= 1 / np.asarray(std, np.float32)
        if spec.scale:
            limits = np.iinfo(spec.dtype)
            values = np.rint(values / np.float32(spec.scale)) + spec.zero_point
            np.clip(values, limits.min, limits.max, out=values)
        return values


def real_values(output: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    """Return what quantized values stand for; others as they are."""
    if not spec.scale:
        return output
    return (output.astype(np.float32) - spec.zero_point) * np.float32(spec.scale)
