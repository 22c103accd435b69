"""Importing loads nothing heavy, whatever is installed. benchmarks/selfie.py measures its time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "mediapipe",
    "tensorflow",
    "ai_edge_litert",
    "onnxruntime",
    "cv2",
    "numpy",
    "PIL",
    "anywidget",
    "plotly",
    "pandas",
    "pyarrow",
    "av",
)


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )


def test_importing_the_package_loads_nothing_heavy() -> None:
    listing = run("import bodyseg_widgets, sys, json; print(json.dumps(sorted(sys.modules)))")
    assert set(json.loads(listing.stdout)).isdisjoint(HEAVY)


_USE = """
import sys
import numpy as np
import bodyseg_widgets as bs
segmenter = bs.create_segmenter(
    bs.SupportedModels.MediaPipeSelfieSegmentation, runtime={runtime!r}
)
segmenter.segment_people(np.zeros((8, 8, 3), np.uint8))
print(*sorted({{"tensorflow", "mediapipe", "ai_edge_litert"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("runtime", "package"), [("tensorflow", "ai_edge_litert"), ("mediapipe", "mediapipe")]
)
def test_a_runtime_loads_its_own_package_only(runtime: str, package: str) -> None:
    assert run(_USE.format(runtime=runtime)).stdout.split() == [package]


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_a_process_that_never_disposes_ends_without_a_traceback(runtime: str) -> None:
    assert "Traceback" not in run(_USE.format(runtime=runtime)).stderr


def test_mediapipe_uses_the_tensorflow_that_is_loaded_already() -> None:
    pytest.importorskip("tensorflow")
    code = "import tensorflow\n" + _USE.format(runtime="mediapipe")
    assert run(code).stdout.split() == ["mediapipe", "tensorflow"]


_USE_A_DETECTOR = """
import sys
import numpy as np
import bodyseg_widgets as bs
detector = bs.create_detector(bs.SupportedModels.BlazePose, runtime={runtime!r})
detector.estimate_poses(np.zeros((8, 8, 3), np.uint8), timestamp_ms=0)
print(*sorted({{"tensorflow", "mediapipe", "ai_edge_litert"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("runtime", "package"), [("tensorflow", "ai_edge_litert"), ("mediapipe", "mediapipe")]
)
def test_a_detector_loads_its_runtimes_package_and_leaves_no_traceback(
    runtime: str, package: str
) -> None:
    done = run(_USE_A_DETECTOR.format(runtime=runtime))
    assert done.stdout.split() == [package]
    assert "Traceback" not in done.stderr
