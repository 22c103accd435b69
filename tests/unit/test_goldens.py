"""The stages that the front end's tests compare with are what Python computes."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest

from tools.goldens import FINE, SELFIE, SELFIE_SIZES, selfie_goldens

AGAIN = "Run: python -m tools.goldens"


def _unpacked(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind).astype(int)


@pytest.mark.parametrize("model_type", SELFIE_SIZES)
def test_the_stages_of_selfie_segmentation_are_pythons(model_type: str) -> None:
    kept, now = json.loads(SELFIE.read_text("utf-8")), json.loads(selfie_goldens())
    assert kept["picture"] == now["picture"], AGAIN
    before, after = kept["models"][model_type], now["models"][model_type]
    assert before["input"] == after["input"], AGAIN
    apart = _unpacked(before["probability"], "<u2") - _unpacked(after["probability"], "<u2")
    assert abs(apart).max() <= 1e-4 * FINE, AGAIN
    levels = _unpacked(before["levels"], "u1") - _unpacked(after["levels"], "u1")
    assert abs(levels).max() <= 1, AGAIN
