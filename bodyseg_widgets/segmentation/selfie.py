"""MediaPipe's selfie segmentation on both runtimes.

Two networks, *general* (256x256) and *landscape* (144x256, faster), both made for people near the
camera. The image is stretched to the network's input size, with values 0 to 1, and the network
returns a probability per pixel. Source of these constants: upstream's pipeline,
body-segmentation/src/selfie_segmentation_tfjs/constants.ts of tfjs-models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.models import MODELS, read_model
from bodyseg_widgets.options import CreatedModel, SupportedModels
from bodyseg_widgets.segmentation.stretch import stretched
from bodyseg_widgets.segmentation.types import Mask, Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.options import SelfieModelType
    from bodyseg_widgets.runtimes.litert import LiteRTNetwork, Tensor
    from bodyseg_widgets.segmentation.types import Probability, Size

__all__ = ["SelfieSegmenter", "on_litert", "on_mediapipe"]


class SelfieSegmenter(CreatedModel):
    """Selfie segmentation on any runtime. See :class:`BodySegmenter`.

    Parameters
    ----------
    run : callable
        Takes uint8 RGB of shape (H, W, 3) and returns the probability, float32 0 to 1, of shape (H,
        W) or `model_size`. Safe to call from any thread.
    model_size : tuple of int
        (height, width) of the network's output, in pixels.
    dispose : callable
        Frees the network; may be called several times.
    settings : mapping
        See :attr:`settings`.
    """

    def __init__(
        self,
        run: Callable[[RgbImage], Probability],
        *,
        model_size: Size,
        dispose: Callable[[], None],
        settings: Mapping[str, object],
    ) -> None:
        super().__init__(settings)
        self._run = run
        self._model_size = model_size
        self._dispose = dispose

    @property
    def model_size(self) -> Size:
        """(height, width) of the network's output, in pixels."""
        return self._model_size

    @named_arguments
    def segment_people(
        self, image: ImageInput, *, flip_horizontal: bool = False
    ) -> list[Segmentation]:
        """Find the people in one image. See :meth:`BodySegmenter.segment_people`.

        Returns
        -------
        list of Segmentation
            Exactly one, for all people together.
        """
        rgb = to_rgb(image)
        if flip_horizontal:
            rgb = np.asarray(cv2.flip(rgb, 1), dtype=np.uint8)
        height, width = rgb.shape[:2]
        mask = Mask(self._run(rgb), size=(height, width), model_size=self._model_size)
        return [Segmentation(mask)]

    def reset(self) -> None:
        """Do nothing: selfie segmentation keeps no state between images."""

    def dispose(self) -> None:
        """Free the network and its threads. Calling it again does nothing."""
        self._disposed = True
        self._dispose()


def on_litert(model_type: SelfieModelType, *, num_threads: int | None = None) -> SelfieSegmenter:
    """Create a selfie segmenter that runs on LiteRT.

    Parameters
    ----------
    model_type : {'general', 'landscape'}
        Which network.
    num_threads : int or None, optional
        Threads of the network, at least 1; None uses the default.

    Returns
    -------
    SelfieSegmenter
        Its masks are computed at the network's resolution.
    """
    from bodyseg_widgets.runtimes.litert import LiteRTNetwork  # noqa: PLC0415 - lazy

    name = f"selfie_{model_type}"
    network = LiteRTNetwork(read_model(name), num_threads=num_threads)

    def run(image: RgbImage) -> Probability:
        return _run_litert(network, image)

    return SelfieSegmenter(
        run,
        model_size=_output_size(name),
        dispose=network.dispose,
        settings={
            "model": SupportedModels.MediaPipeSelfieSegmentation,
            "runtime": "tensorflow",
            "model_type": model_type,
            "num_threads": num_threads,
        },
    )


def _output_size(name: str) -> Size:
    """Return the output size: both networks' is that of their input."""
    return MODELS[name].input_height, MODELS[name].input_width


def _run_litert(network: LiteRTNetwork, image: RgbImage) -> Probability:
    def write_input(tensor: Tensor) -> None:
        _, height, width, _ = tensor.shape
        np.multiply(stretched(image, (height, width)), np.float32(1 / 255), out=tensor[0])

    (output,) = network.run(write_input)
    return output[0, ..., 0]


def on_mediapipe(model_type: SelfieModelType) -> SelfieSegmenter:
    """Create a selfie segmenter that runs on MediaPipe Tasks.

    Parameters
    ----------
    model_type : {'general', 'landscape'}
        Which network.

    Returns
    -------
    SelfieSegmenter
        Its masks are computed at the image's resolution.
    """
    from bodyseg_widgets.runtimes.mediapipe import ImageSegmenterTask  # noqa: PLC0415 - lazy

    name = f"selfie_{model_type}"
    task = ImageSegmenterTask(read_model(name))
    return SelfieSegmenter(
        task.run,
        model_size=_output_size(name),
        dispose=task.dispose,
        settings={
            "model": SupportedModels.MediaPipeSelfieSegmentation,
            "runtime": "mediapipe",
            "model_type": model_type,
        },
    )
