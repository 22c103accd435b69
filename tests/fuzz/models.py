"""Model files: damaged ones, and ones of which the metadata are."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets import add_model, create_segmenter
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.models import MODELS
from build_hooks.tflite_metadata import image_model_metadata
from build_hooks.tflite_model import with_metadata
from tests.model_files import onnx_file, tflite_file

if TYPE_CHECKING:
    from tests.fuzz.case import Case

IMAGE = np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)


def try_one(case: Case) -> str:
    """Add a model of a file, and use it."""
    kind = case.random.choice(("tflite", "onnx", "metadata"))
    whole = _files()[kind]
    match case.random.randrange(8), kind:
        case 0, _:
            data = whole
        case _, "metadata":
            data = with_metadata(tflite_file(), case.damaged(_metadata()))
        case _:
            data = case.damaged(whole, [*_files().values()])
    file = case.folder / ("a.onnx" if kind == "onnx" else "a.tflite")
    file.write_bytes(data)
    try:
        add_model("Fuzzed", file, mean=0, std=255, activation="sigmoid")
        with create_segmenter("Fuzzed") as segmenter:
            (people,) = segmenter.segment_people(IMAGE)
    except BodySegError:
        if data == whole:
            raise AssertionError("refused what is whole") from None
        return "refused"
    probability = people.mask.probability
    assert probability.shape == IMAGE.shape[:2]
    assert probability.min() >= 0
    assert probability.max() <= 1
    return "read"


@cache
def _files() -> dict[str, bytes]:
    return {
        "tflite": tflite_file(),
        "onnx": onnx_file(properties={"Image.NominalPixelRange": "Normalized_0_1"}),
        "metadata": with_metadata(tflite_file(), _metadata()),
    }


@cache
def _metadata() -> bytes:
    return image_model_metadata(replace(MODELS["selfie_general"], mean=1.0))
