"""The catalog, its bundled files, and the bundles made from them."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from bodyseg_widgets.errors import BodySegError, InvalidOptionError, ModelFileError
from bodyseg_widgets.models import (
    MODELS,
    POSE_MODEL_TYPES,
    ModelFile,
    files,
    model_path,
    pose_task,
    read_model,
)

ROOT = Path(__file__).parents[2]
EACH_MODEL = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def test_the_catalogue_holds_the_selfie_and_the_pose_models() -> None:
    assert set(MODELS) == {
        "selfie_general",
        "selfie_landscape",
        "pose_detector",
        "pose_lite",
        "pose_full",
        "pose_heavy",
    }
    assert all(name == model.name for name, model in MODELS.items())
    assert len({model.filename for model in MODELS.values()}) == len(MODELS)


@EACH_MODEL
def test_the_catalogue_says_what_the_file_takes_and_gives(model: ModelFile) -> None:
    interpreter = Interpreter(model_content=read_model(model.name))
    (taken,) = interpreter.get_input_details()
    assert taken["shape"].tolist() == [1, model.input_height, model.input_width, 3]
    assert taken["dtype"] is np.float32
    assert len(interpreter.get_output_details()) == len(model.outputs)


@EACH_MODEL
def test_the_notice_names_every_model_with_its_source_license_and_card(model: ModelFile) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    (entry,) = [part for part in notice.split("\n\n") if part.startswith(model.title + "\n")]
    for fact in (
        model.filename,
        f"npm {model.npm_package} {model.npm_version}, {model.npm_path}",
        model.license,
        model.model_card,
    ):
        assert fact in entry


@EACH_MODEL
def test_the_lock_file_pins_the_package_that_carries_the_model(model: ModelFile) -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    entry = lock["packages"][f"node_modules/{model.npm_package}"]
    assert entry["version"] == model.npm_version
    assert entry["integrity"].startswith("sha512-")


def test_the_lock_file_holds_no_download_address() -> None:
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock


def test_the_catalogue_needs_nothing_but_python() -> None:
    catalog = ROOT / "bodyseg_widgets" / "models" / "catalog.py"
    subprocess.run([sys.executable, "-I", "-S", str(catalog)], check=True)


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidOptionError, match=r"'selfy'.*'selfie_general'.*'pose_heavy'"):
        read_model("selfy")


def test_a_missing_file_is_answered_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_FOLDER", tmp_path)
    expected = re.escape(str(tmp_path / "pose_landmark_lite.tflite")) + ".*pip install"
    with pytest.raises(ModelFileError, match=expected) as caught:
        model_path("pose_lite")
    assert isinstance(caught.value, BodySegError)


def test_a_damaged_file_is_answered_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_FOLDER", tmp_path)
    (tmp_path / "pose_landmark_lite.tflite").write_bytes(b"<html>not found</html>")
    with pytest.raises(ModelFileError, match=r"damaged.*22 bytes.*pip install"):
        read_model("pose_lite")


@pytest.mark.parametrize("model_type", POSE_MODEL_TYPES)
def test_a_pose_bundle_stores_both_networks_aligned(model_type: str) -> None:
    bundle = pose_task(model_type)
    expected = {
        "pose_detector.tflite": read_model("pose_detector"),
        "pose_landmarks_detector.tflite": read_model(f"pose_{model_type}"),
    }
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == expected
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            name_size, extra_size = struct.unpack_from("<HH", bundle, entry.header_offset + 26)
            assert (entry.header_offset + 30 + name_size + extra_size) % 64 == 0


def test_a_pose_bundle_is_the_same_each_time() -> None:
    assert pose_task("lite") == pose_task("lite")


def test_an_unknown_pose_bundle_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidOptionError, match=r"'huge'.*'lite', 'full', 'heavy'"):
        pose_task("huge")


_FIND_POSE = """
import sys
import numpy as np
from PIL import Image
import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision
from bodyseg_widgets.models import pose_task

picture = np.asarray(Image.open(sys.argv[2]).convert("RGB"))
options = vision.PoseLandmarkerOptions(
    base_options=BaseOptions(model_asset_buffer=pose_task(sys.argv[1]))
)
with vision.PoseLandmarker.create_from_options(options) as landmarker:
    image = mp.Image(image_format=mp.ImageFormat.SRGB, data=picture)
    (pose,) = landmarker.detect(image).pose_landmarks
height, width = picture.shape[:2]
print([[point.x * width, point.y * height] for point in pose])
"""


@pytest.mark.parametrize("model_type", POSE_MODEL_TYPES)
def test_mediapipe_finds_a_pose_with_the_bundle_and_copies_nothing(
    model_type: str, data_folder: Path
) -> None:
    picture = data_folder / "tfjs-models" / "pose-detection" / "pose.jpg"
    # A separate process: the log is written below Python, and can only be read there.
    result = subprocess.run(
        [sys.executable, "-c", _FIND_POSE, model_type, str(picture)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "unaligned" not in result.stderr.lower()
    expected = json.loads((picture.parent / "pose_expected.json").read_text(encoding="utf-8"))
    found = np.array(json.loads(result.stdout.splitlines()[-1]))
    distances = np.linalg.norm(found - expected["keypoints_px"], axis=1)
    assert distances.mean() <= 10


def test_the_sample_picture_is_small_enough_for_git() -> None:
    sample = ROOT / "bodyseg_widgets" / "streaming" / "samples" / "data" / "astronaut.jpg"
    assert Image.open(sample).size == (512, 512)
    assert sample.stat().st_size < 100_000
