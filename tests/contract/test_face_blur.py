"""BodyPix's faces are blurred in a video, and nothing else: its picture and its sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from bodyseg_widgets import apply_effect
from bodyseg_widgets.models import BodyPixVariant
from bodyseg_widgets.segmentation.bodypix import from_file
from tests.pictures import read_rgb
from tests.unit.test_offline import codecs, seen, tone, tone_times, write_clip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VARIANT = BodyPixVariant(multiplier=0.75, quant_bytes=2)
SIZE = (640, 480)


def _detail(image: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    """How much places a few pixels apart differ there: smaller steps are those of the encoder."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    bands = cv2.GaussianBlur(gray, (0, 0), 2) - cv2.GaussianBlur(gray, (0, 0), 6)
    return float(np.abs(bands)[where].mean())


def test_faces_lose_their_detail_and_all_else_keeps_it(
    bodypix_folder: Path, tmp_path: Path
) -> None:
    picture = read_rgb(bodypix_folder / "reference" / "inputs" / "three_people.png")
    picture = np.asarray(cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    clip = write_clip(tmp_path / "clip.mp4", [picture] * 25, sound=[tone(0.4, 0.6, 1.0)])
    with from_file(bodypix_folder / VARIANT.path, VARIANT) as segmenter:
        (people,) = segmenter.segment_people(picture, segment_body_parts=True)
        values = people.mask.values
        assert values is not None
        face = (people.mask.probability >= 0.5) & (values <= 1)
        made = apply_effect(clip, tmp_path / "made.mp4", segmenter, "face_blur", progress=False)
        assert not segmenter.disposed
    inner = cv2.erode(face.astype(np.uint8), np.ones((25, 25))) > 0
    outer = cv2.dilate(face.astype(np.uint8), np.ones((25, 25))) == 0
    assert inner.sum() > 3000
    (_, before), (_, after) = seen(clip)[12], seen(made)[12]
    assert _detail(after, inner) < 0.1 * _detail(before, inner)
    assert _detail(after, outer) == pytest.approx(_detail(before, outer), rel=0.1)
    assert tone_times(made) == pytest.approx((0.4, 0.6), abs=0.012)
    assert codecs(made) == ["h264", "aac"]
