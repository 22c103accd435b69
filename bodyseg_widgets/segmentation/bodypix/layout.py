"""How an image lies in the network's input, and where its pixels are in the outputs.

Upstream pads an image with black to the shape of the network's input, and resizes it. Of what the
network returns, it resizes logits, applies the sigmoid function, and cuts off the padding, in this
order. Here logits are sampled where the pixels of the result are, which is the same without a
detour. Source: body-segmentation/src/body_pix/impl/util.ts of tfjs-models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["Axis", "Layout", "layout_of"]


@dataclass(frozen=True)
class Axis:
    """The rows or the columns of an image, of the network's input and of its output.

    Attributes
    ----------
    image : int
        How many the image has, in pixels.
    padding : int
        How many are added at either end of the image.
    input, output : int
        How many the network's input and output have.
    stride : int
        Pixels of the input per pixel of the output.
    """

    image: int
    padding: int
    input: int
    stride: int

    @property
    def output(self) -> int:
        """How many the network's output has."""
        return (self.input - 1) // self.stride + 1

    @property
    def padded(self) -> int:
        """How many the image has with its padding."""
        return self.image + 2 * self.padding

    @cached_property
    def model(self) -> int:
        """How many pixels of the input are the image's, which a mask has at this resolution."""
        return max(1, round(self.input * self.image / self.padded))

    @cached_property
    def samples(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Where a mask's pixels are in the output: the index before each, and how far after it.

        The first and last pixels of the padded image and of the output lie on each other: *aligned
        corners*.
        """
        last = self.output - 1
        there = (self.padding + self.pixels(self.model)) * (last / max(1, self.padded - 1))
        before = np.clip(np.floor(there), 0, max(0, last - 1)).astype(np.intp)
        return before, np.clip(there - before, 0, 1).astype(np.float32)

    def pixels(self, count: int) -> NDArray[np.float64]:
        """Return where `count` equal parts of the image have their middle, in its pixels."""
        return np.asarray((np.arange(count) + 0.5) * (self.image / count) - 0.5, np.float64)


@dataclass(frozen=True)
class Layout:
    """Where the pixels of an image are in the network's input and outputs."""

    rows: Axis
    columns: Axis

    @property
    def image_size(self) -> Size:
        """(height, width) of the image, in pixels."""
        return self.rows.image, self.columns.image

    @property
    def input_size(self) -> Size:
        """(height, width) of the network's input, in pixels."""
        return self.rows.input, self.columns.input

    @property
    def model_size(self) -> Size:
        """(height, width) of masks at the resolution of the network's input."""
        return self.rows.model, self.columns.model

    def fit(self, image: RgbImage) -> RgbImage:
        """Return an image as the network's input shows it.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3) of `image_size`, RGB.

        Returns
        -------
        numpy.ndarray
            uint8 (h, w, 3) of `input_size`: padded with black and resized, bilinear, with the
            first pixels of both on each other.
        """
        rows, columns = self.rows, self.columns
        if rows.padding or columns.padding:
            y, x = rows.padding, columns.padding
            image = np.asarray(
                cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_CONSTANT, value=(0, 0, 0)),
                dtype=np.uint8,
            )
        back = np.array([[columns.padded / columns.input, 0, 0], [0, rows.padded / rows.input, 0]])
        return np.asarray(
            cv2.warpAffine(
                image,
                back,
                (columns.input, rows.input),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            dtype=np.uint8,
        )

    def sample(self, planes: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Interpolate planes of the network's output at the pixels of a mask.

        Parameters
        ----------
        planes : numpy.ndarray
            float32, shape (rows.output, columns.output, count).

        Yields
        ------
        numpy.ndarray
            float32, shape `model_size`, of each plane in turn: the same array with other values,
            because all planes together would not fit into a processor's cache.
        """
        wide = _stretched(np.moveaxis(planes, 1, 0), self.columns)
        # (columns, rows, count) to (count, rows, columns).
        wide = np.ascontiguousarray(wide.transpose(2, 1, 0))
        steps = _steps(wide, axis=1)
        before, after = self.rows.samples
        sampled, rest = np.empty((2, *self.model_size), np.float32)
        for plane, step in zip(wide, steps, strict=True):
            np.take(plane, before, axis=0, out=sampled, mode="clip")
            np.take(step, before, axis=0, out=rest, mode="clip")
            rest *= after[:, None]
            sampled += rest
            yield sampled


def _stretched(values: NDArray[np.float32], axis: Axis) -> NDArray[np.float32]:
    """Interpolate along the first axis."""
    before, after = axis.samples
    return values[before] + after[:, None, None] * _steps(values, axis=0)[before]


def _steps(values: NDArray[np.float32], *, axis: int) -> NDArray[np.float32]:
    """Return the differences to the next values along an axis; after the last, 0."""
    last = np.take(values, [-1], axis)
    return np.diff(values, axis=axis, append=last)


@lru_cache(maxsize=8)
def layout_of(image_size: Size, share: float, output_stride: int) -> Layout:
    """Return the layout of images of one size.

    Parameters
    ----------
    image_size : tuple of int
        (height, width), in pixels.
    share : float
        The network's input as a share of the image's width and height.
    output_stride : int
        Pixels of the network's input per pixel of its output.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.bodypix.layout import layout_of
    >>> layout = layout_of((1024, 820), 0.5, 16)
    >>> layout.input_size, layout.rows.padding, layout.model_size
    ((513, 401), 13, (500, 401))
    """
    height, width = image_size
    rows, columns = (_valid(length * share, output_stride) for length in image_size)
    aspect = columns / rows
    if width / height < aspect:
        row_padding, column_padding = 0, _half_up(0.5 * (aspect * height - width))
    else:
        row_padding, column_padding = _half_up(0.5 * (width / aspect - height)), 0
    return Layout(
        Axis(height, row_padding, rows, output_stride),
        Axis(width, column_padding, columns, output_stride),
    )


def _valid(length: float, output_stride: int) -> int:
    """Return a length of the input near this one: a multiple of the stride, plus one."""
    if (length - 1) % output_stride == 0:
        return int(length)
    return math.floor(length / output_stride) * output_stride + 1


def _half_up(value: float) -> int:
    """Round like JavaScript."""
    return math.floor(value + 0.5)
