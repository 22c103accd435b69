"""Measuring on real images: the agreement that the models promise, and MediaPipe's own masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mediapipe as mp
import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import Evaluation, evaluate
from bodyseg_widgets.models import model_path

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = {
    "portrait": ("body-segmentation/portrait.jpg", "close up"),
    "pose": ("pose-detection/pose.jpg", "yoga"),
    "three_people": ("shared/three_people.jpg", "group"),
}
SELFIE, LANDSCAPE = "Selfie general (tensorflow)", "Selfie landscape (tensorflow)"
BLAZEPOSE = "BlazePose full (tensorflow)"
RESIZED = 0.002
"""MediaPipe resizes its mask to the image in another way, so pixels at the outline differ."""


@pytest.fixture(scope="module")
def table(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of upstream's three images and their masks."""
    upstream = data_folder / "tfjs-models"
    rows = [
        f"{name}\t{upstream / file}\t{upstream / 'derived_masks' / f'{name}_person.png'}\t{domain}"
        for name, (file, domain) in IMAGES.items()
    ]
    file = tmp_path_factory.mktemp("table") / "upstream.tsv"
    file.write_text("\n".join(["name\timage\tmask\tdomain", *rows]), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def evaluation(table: Path) -> Evaluation:
    return evaluate(table, ["general", "landscape", "full"], progress=False)


def test_models_agree_with_the_masks_as_they_promise(evaluation: Evaluation) -> None:
    iou = evaluation.images.set_index(["model", "image"])["iou"]
    assert iou[SELFIE, "portrait"] >= 0.98
    assert iou[LANDSCAPE, "portrait"] >= 0.97
    assert iou[SELFIE, "three_people"] >= 0.90
    assert iou[LANDSCAPE, "three_people"] >= 0.90
    assert iou[BLAZEPOSE, "pose"] >= 0.94


def test_selfie_is_ahead_close_up_and_blazepose_on_whole_bodies(evaluation: Evaluation) -> None:
    assert evaluation.compare("general", "full", domain="close up").difference.mean > 0
    assert evaluation.compare("general", "full", domain="yoga").difference.mean < 0


@pytest.mark.parametrize("name", IMAGES)
def test_the_scores_are_those_of_mediapipes_own_mask(
    evaluation: Evaluation, data_folder: Path, name: str
) -> None:
    image = np.asarray(Image.open(data_folder / "tfjs-models" / IMAGES[name][0]).convert("RGB"))
    reference = data_folder / "tfjs-models" / "derived_masks" / f"{name}_person.png"
    person = np.asarray(Image.open(reference).convert("L")) > 127
    vision = mp.tasks.vision
    options = vision.ImageSegmenterOptions(
        base_options=mp.tasks.BaseOptions(model_asset_path=str(model_path("selfie_general"))),
        output_confidence_masks=True,
    )
    with vision.ImageSegmenter.create_from_options(options) as segmenter:
        found = segmenter.segment(mp.Image(mp.ImageFormat.SRGB, image))
        mask = found.confidence_masks[0].numpy_view().reshape(person.shape) >= 0.5
    iou = (mask & person).sum() / (mask | person).sum()
    row = evaluation.images.set_index(["model", "image"]).loc[(SELFIE, name)]
    assert row["iou"] == pytest.approx(iou, abs=RESIZED)
    assert row["precision"] == pytest.approx((mask & person).sum() / mask.sum(), abs=RESIZED)
    assert row["recall"] == pytest.approx((mask & person).sum() / person.sum(), abs=RESIZED)
