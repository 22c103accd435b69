"""What every peer does with a picture: the same model as the widgets, with the same one thread."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from bodyseg_widgets import SupportedModels, create_segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLOR = (0, 150, 136)
_OPACITY = 0.6
_THRESHOLD = 128

_segmenter = create_segmenter(
    SupportedModels.MediaPipeSelfieSegmentation,
    runtime="tensorflow",
    model_type=os.environ["PEER_MODEL_TYPE"],  # type: ignore[arg-type]
    num_threads=1,
)


@cache
def _plain(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    return np.full(shape, _COLOR, np.uint8)


def paint(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paint the mask over an RGB image, uint8 (H, W, 3)."""
    levels = _segmenter.segment_people(image)[0].mask.levels
    height, width = image.shape[:2]
    person = (cv2.resize(levels, (width, height)) >= _THRESHOLD).astype(np.uint8)
    painted = cv2.addWeighted(image, 1 - _OPACITY, _plain(image.shape), _OPACITY, 0)
    result = image.copy()
    cv2.copyTo(painted, person, result)
    return result
