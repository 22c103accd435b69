"""A runtime never opens an internet socket, not even in native code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.model_files import onnx_file, tflite_file
from tests.network_guard import KILLED, is_supported, run_guarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    not is_supported(), reason="the network guard needs Linux on x86-64 or aarch64"
)

_SEGMENT_ONCE = """
import numpy as np
from bodyseg_widgets import SupportedModels, create_segmenter
segmenter = create_segmenter(
    SupportedModels.MediaPipeSelfieSegmentation, runtime={runtime!r}, model_type={model_type!r}
)
segmenter.segment_people(np.zeros((48, 64, 3), np.uint8))[0].mask.probability
segmenter.dispose()
print("finished")
"""

_RUN_A_FILE = """
import numpy as np
from bodyseg_widgets import add_model, create_segmenter
add_model("File", {path!r}, mean=0, std=255)
with create_segmenter("File") as segmenter:
    segmenter.segment_people(np.zeros((48, 64, 3), np.uint8))[0].mask.probability
print("finished")
"""

_ESTIMATE_TWICE = """
import numpy as np
from bodyseg_widgets import SupportedModels, create_detector
detector = create_detector(
    SupportedModels.BlazePose, runtime={runtime!r}, enable_segmentation=True
)
for timestamp_ms in (None, 0):
    detector.estimate_poses(np.zeros((48, 64, 3), np.uint8), timestamp_ms=timestamp_ms)
detector.dispose()
print("finished")
"""


@pytest.mark.parametrize("model_type", ["general", "landscape"])
@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_a_segmenter_lives_and_ends_without_a_socket(runtime: str, model_type: str) -> None:
    run = run_guarded(_SEGMENT_ONCE.format(runtime=runtime, model_type=model_type))
    assert (run.returncode, run.stdout) == (0, "finished\n"), run.stderr


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_a_detector_lives_and_ends_without_a_socket(runtime: str) -> None:
    run = run_guarded(_ESTIMATE_TWICE.format(runtime=runtime))
    assert (run.returncode, run.stdout) == (0, "finished\n"), run.stderr


@pytest.mark.parametrize(("name", "make"), [("a.onnx", onnx_file), ("a.tflite", tflite_file)])
def test_a_model_file_is_added_and_run_without_a_socket(
    tmp_path: Path, name: str, make: Callable[[], bytes]
) -> None:
    (tmp_path / name).write_bytes(make())
    run = run_guarded(_RUN_A_FILE.format(path=str(tmp_path / name)))
    assert (run.returncode, run.stdout) == (0, "finished\n"), run.stderr


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_guard_kills_a_process_that_opens_an_internet_socket(family: str) -> None:
    run = run_guarded(f"import socket; socket.socket(socket.{family}); print('alive')")
    assert (run.returncode, run.stdout) == (KILLED, "")


def test_the_guard_lets_local_sockets_through() -> None:
    run = run_guarded("import socket; socket.socketpair(); print('alive')")
    assert (run.returncode, run.stdout) == (0, "alive\n"), run.stderr
