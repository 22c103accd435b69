"""Native libraries log to the process's error stream; in a notebook that would be a red box."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading

import pytest

from bodyseg_widgets.runtimes.native_log import without_native_log

_LOAD_AND_RUN = """
from importlib.resources import files
import numpy as np
from PIL import Image
import bodyseg_widgets as bs

sample = files("bodyseg_widgets.streaming.samples") / "data" / "astronaut.jpg"
with sample.open("rb") as file:
    portrait = np.asarray(Image.open(file).convert("RGB"))
with bs.create_segmenter("MediaPipeSelfieSegmentation", runtime={runtime!r}) as segmenter:
    segmenter.segment_people(portrait)
with bs.create_detector("BlazePose", runtime={runtime!r}, enable_segmentation=True) as detector:
    for poses in (
        detector.estimate_poses(np.zeros_like(portrait)),
        detector.estimate_poses(portrait, max_poses=2),
        detector.estimate_poses(portrait, timestamp_ms=10),
        detector.estimate_poses(portrait, timestamp_ms=20),
    ):
        print(len(poses))
"""


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_loading_and_running_models_writes_nothing_to_the_error_stream(runtime: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOAD_AND_RUN.format(runtime=runtime)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert (done.stdout.split(), done.stderr) == (["0", "1", "1", "1"], "")


def test_a_tensor_is_made_without_a_word() -> None:
    pytest.importorskip("tensorflow")
    code = """
import numpy as np
import bodyseg_widgets as bs
mask = bs.Mask.from_levels(np.zeros((2, 3), np.uint8), size=(2, 3))
print(*mask.to_tensor().shape)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert (done.stdout.split(), done.stderr) == (["2", "3", "4"], "")


def test_a_process_without_an_error_stream_loads_models() -> None:
    code = "import os\nos.close(2)\n" + _LOAD_AND_RUN.format(runtime="tensorflow")
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["0", "1", "1", "1"]


def test_only_lines_of_no_fault_are_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with without_native_log():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are ...\n")
        os.write(2, b"W0000 00:00:1795653666.006619   22689 manager.cc:114] No feedback.\n")
        os.write(2, b"E0000 00:00:1795653666.006620   22689 graph.cc:12] The graph is broken.\n")
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(2, b"INFO: the user's own log\n")
    assert capfd.readouterr().err == (
        "E0000 00:00:1795653666.006620   22689 graph.cc:12] The graph is broken.\n"
        "INFO: the user's own log\n"
    )


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_line_into_which_another_thread_writes_is_dropped_all_the_same(
    capfd: pytest.CaptureFixture[str], at: int
) -> None:
    parts = (b"INFO: ", b"Created TensorFlow Lite XNNPACK delegate for CPU.", b"\n")
    other = b"W0000 00:00:1795653666.006619   22689 manager.cc:114] No feedback.\n"
    with without_native_log():
        for part in (*parts[:at], other, *parts[at:]):
            os.write(2, part)
    assert capfd.readouterr().err == ""


def test_what_is_written_while_models_load_at_the_same_time_appears_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def load() -> None:
        with without_native_log():
            began.set()
            go_on.wait(10)

    thread = threading.Thread(target=load)
    thread.start()
    began.wait(10)
    with without_native_log():
        os.write(2, b"mine\n")
    assert capfd.readouterr().err == ""
    go_on.set()
    thread.join()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "mine\nafter\n"


def test_an_error_in_the_block_is_passed_on_and_the_error_stream_is_back(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ZeroDivisionError), without_native_log():
        raise ZeroDivisionError
    os.write(2, b"visible\n")
    assert capfd.readouterr().err == "visible\n"


def test_without_room_for_a_temporary_file_everything_appears_at_once(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room() -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_room)
    with without_native_log():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        assert capfd.readouterr().err != ""
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_an_error_stream_that_no_one_reads_any_more_is_no_obstacle() -> None:
    code = """
import os
from bodyseg_widgets.runtimes.native_log import without_native_log

read, write = os.pipe()
os.dup2(write, 2)
os.close(write)
os.close(read)
with without_native_log():
    os.write(2, b"for no one\\n")
print("loaded")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["loaded"]
