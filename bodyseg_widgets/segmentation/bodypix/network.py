"""BodyPix's network: an image in, logits, heatmaps and offsets out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.errors import DisposedError, ModelFileError
from bodyseg_widgets.runtimes.graph import read_graph
from bodyseg_widgets.runtimes.litert import LiteRTNetwork

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.models import BodyPixVariant
    from bodyseg_widgets.runtimes.graph import Graph
    from bodyseg_widgets.runtimes.litert import Tensor
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["FILE_SIZE", "BodyPixNetwork", "Outputs", "network_file"]

_PREFIXES: Final = {"MobileNetV1": "MobilenetV1", "ResNet50": "resnet_v1_50"}

_CHANNELS: Final = (1, 24, 17, 34, 34, 32, 32)
"""Of each of the `Outputs`."""

_FIRST_SIZE: Final = (33, 33)
"""The smallest input whose outputs tell the strides apart."""

FILE_SIZE: Final = (257, 257)
"""Of the input of a network that a page gets, which writes other sizes into the file: large enough
that the lengths of all tensors tell how much smaller than the input they are."""

_RESNET_MEANS: Final = (123.15, 115.90, 103.06)
"""Red, green and blue of ImageNet's images: impl/resnet.ts of upstream."""


@dataclass(frozen=True)
class Outputs:
    """What the network returns for one image. All float32, shape (h, w, channels).

    Attributes
    ----------
    segments : numpy.ndarray
        1 channel: the logit of a person.
    parts : numpy.ndarray
        24 channels: the logit of each body part.
    heatmaps : numpy.ndarray
        17 channels: the logit of each keypoint.
    offsets : numpy.ndarray
        34 channels, in pixels of the input: from a pixel to the keypoint next to it; y of all
        keypoints, then x.
    long_offsets : numpy.ndarray
        34 channels, in pixels: from a pixel of a person to that person's keypoints; y, then x.
    forward, backward : numpy.ndarray
        32 channels, in pixels of the input: from a keypoint to the next one along the tree of
        keypoints, away from the nose and toward it; y of all edges, then x.
    """

    segments: NDArray[np.float32]
    parts: NDArray[np.float32]
    heatmaps: NDArray[np.float32]
    offsets: NDArray[np.float32]
    long_offsets: NDArray[np.float32]
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]


class BodyPixNetwork:
    """One of BodyPix's networks, ready for images of any size.

    LiteRT gets a network of its own for the size of the images, which is kept until an image of
    another size comes. Safe to use from several threads.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file of its graph; its shards are beside it.
    variant : BodyPixVariant
        What the file has.
    num_threads : int or None, optional
        Threads of LiteRT, at least 1; None uses the default.

    Raises
    ------
    ModelFileError
        The file is not such a network, or not whole.
    InvalidOptionError
        `num_threads` is invalid.
    """

    def __init__(
        self, path: Path, variant: BodyPixVariant, *, num_threads: int | None = None
    ) -> None:
        self._variant = variant
        self._graph = read_graph(path)
        self._is_resnet = variant.architecture == "ResNet50"
        self._num_threads = num_threads
        self._lock = threading.Lock()
        self._size: Size = _FIRST_SIZE
        self._network: LiteRTNetwork | None = self._of_size(_FIRST_SIZE)
        self._check_outputs(path, variant)

    def run(self, image: RgbImage) -> Outputs:
        """Run the network on one image.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB, at the size of the input.

        Returns
        -------
        Outputs
            Of shape ((H - 1) // stride + 1, (W - 1) // stride + 1).

        Raises
        ------
        DisposedError
            The network was disposed.
        """

        def write_input(tensor: Tensor) -> None:
            if self._is_resnet:
                np.subtract(image, np.array(_RESNET_MEANS, np.float32), out=tensor[0])
            else:
                np.divide(image, np.float32(127.5), out=tensor[0])
                np.subtract(tensor[0], np.float32(1), out=tensor[0])

        with self._lock:
            if self._network is None:
                raise DisposedError("It was used after dispose(). Create a new one.")
            size = (image.shape[0], image.shape[1])
            if size != self._size:
                self._network.dispose()
                self._network, self._size = self._of_size(size), size
            return Outputs(*(tensor[0] for tensor in self._network.run(write_input)))

    def dispose(self) -> None:
        """Free the network and its threads, after any running call; a second time, do nothing."""
        with self._lock:
            if self._network is not None:
                self._network.dispose()
                self._network = None

    def _check_outputs(self, path: Path, variant: BodyPixVariant) -> None:
        """Raise an error if the file has another network than it is said to have."""
        outputs = self.run(np.zeros((*_FIRST_SIZE, 3), np.uint8))
        count = (_FIRST_SIZE[0] - 1) // variant.output_stride + 1
        expected = [(count, count, each) for each in _CHANNELS]
        found = [output.shape for output in vars(outputs).values()]
        if found != expected:
            raise ModelFileError(
                f"{str(path)!r} is not a network of BodyPix with "
                f"output_stride={variant.output_stride}: of an input of {_FIRST_SIZE} it makes "
                f"{found}, not {expected}. Choose the output_stride that it was made with."
            )

    def _of_size(self, size: Size) -> LiteRTNetwork:
        model = _translated(self._graph, self._variant, size)
        return LiteRTNetwork(model, num_threads=self._num_threads)


def network_file(path: Path, variant: BodyPixVariant, size: Size = FILE_SIZE) -> bytes:
    """Return one of BodyPix's networks as the content of a .tflite file.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file of its graph; its shards are beside it.
    variant : BodyPixVariant
        What the file has.
    size : tuple of int, optional
        (height, width) of the input, in pixels.

    Raises
    ------
    ModelFileError
        The file is not such a network, or not whole.
    """
    return _translated(read_graph(path), variant, size)


def _translated(graph: Graph, variant: BodyPixVariant, size: Size) -> bytes:
    from bodyseg_widgets.runtimes.graph_on_litert import (  # noqa: PLC0415 - lazy
        graph_to_tflite,
    )

    prefix = _PREFIXES[variant.architecture]
    outputs = (
        "float_segments",
        "float_part_heatmaps",
        "float_heatmaps",
        "float_short_offsets",
        "float_long_offsets",
        f"{prefix}/displacement_fwd_2/BiasAdd",
        f"{prefix}/displacement_bwd_2/BiasAdd",
    )
    return graph_to_tflite(graph, outputs, input_shape=(1, *size, 3))
