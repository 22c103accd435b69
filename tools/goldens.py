"""What Python computes stage by stage: ``python -m tools.goldens`` writes it for tests of the page.

Networks run in both with the same weights; what is around them is written twice, here and in
``frontend/src/inference``. So the front end's tests compare with these.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bodyseg_widgets import create_segmenter, sample
from bodyseg_widgets.segmentation.stretch import stretched
from tools.bodypix_goldens import BODYPIX, bodypix_goldens
from tools.pose_goldens import POSE, pose_goldens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SELFIE_SIZES: Final = {"general": (256, 256), "landscape": (144, 256)}
"""(height, width) of the inputs, by model type."""

PICTURE_SIZE: Final = (131, 97)
"""(width, height): neither is a multiple of anything, so that every place is rounded."""


FINE: Final = 65535
"""Probabilities are stored in steps of 1/65535."""

SELFIE: Final = Path(__file__).parents[1] / "frontend/test/inference/selfie.json"


def selfie_goldens() -> str:
    """Return the stages of selfie segmentation of one picture, as JSON.

    The picture and the digest of the network's input are the same everywhere, its probabilities
    differ in the last digits from processor to processor.
    """
    small = cv2.resize(sample("portrait"), PICTURE_SIZE, interpolation=cv2.INTER_AREA)
    picture = np.asarray(small, np.uint8)
    return json.dumps(
        {
            "picture": _packed(picture),
            "width": PICTURE_SIZE[0],
            "height": PICTURE_SIZE[1],
            "models": {name: _stages(name, size, picture) for name, size in SELFIE_SIZES.items()},
        },
        indent=1,
    )


def _stages(
    model_type: str, size: tuple[int, int], picture: NDArray[np.uint8]
) -> Mapping[str, str]:
    with create_segmenter(("MediaPipeSelfieSegmentation", model_type)) as segmenter:
        (people,) = segmenter.segment_people(picture)
    mask = people.mask
    return {
        "input": hashlib.sha256(stretched(picture, size).tobytes()).hexdigest(),
        "probability": _packed(np.rint(mask.model_probability * FINE).astype("<u2")),
        "levels": _packed(mask.levels),
    }


def _packed(array: NDArray[np.generic]) -> str:
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 9)).decode()


def main() -> None:
    """Write the files."""
    SELFIE.write_text(selfie_goldens() + "\n", "utf-8")
    for path, goldens in ((POSE, pose_goldens()), (BODYPIX, bodypix_goldens())):
        path.write_text(json.dumps(goldens, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
