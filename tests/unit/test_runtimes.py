from __future__ import annotations

import multiprocessing
import threading
from importlib import metadata, resources

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets.errors import DisposedError, IncompatibleDependencyError, ModelFileError
from bodyseg_widgets.models import pose_task, read_model
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from bodyseg_widgets.runtimes.mediapipe import (
    ImageSegmenterTask,
    PoseLandmarkerTask,
    load_mediapipe,
)


@pytest.mark.parametrize("version", ["0.10.21", "0.10.32", "0.10.35", "1.2.0"])
def test_a_mediapipe_that_may_report_usage_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: version)
    with pytest.raises(IncompatibleDependencyError, match=rf"mediapipe {version} .*0\.10\.31"):
        load_mediapipe()


@pytest.mark.parametrize("runtime", [LiteRTNetwork, ImageSegmenterTask])
def test_bytes_that_are_no_model_are_refused(runtime: type) -> None:
    with pytest.raises(ModelFileError, match=r"of 5 bytes.*\.tflite"):
        runtime(b"hello")


def test_bytes_that_are_no_pose_bundle_are_refused() -> None:
    with pytest.raises(ModelFileError, match=r"of 5 bytes.*\.task"):
        PoseLandmarkerTask(b"hello", num_poses=1, with_mask=False, video=False)


@pytest.mark.parametrize("width", [1, 61, 62, 63, 64, 1049])
@pytest.mark.parametrize("video", [False, True])
def test_masks_of_any_width_can_be_read(width: int, video: bool) -> None:  # noqa: FBT001
    # MediaPipe itself terminates the process if a mask's rows are padded.
    sample = resources.files("bodyseg_widgets.streaming.samples") / "data" / "astronaut.jpg"
    with sample.open("rb") as stream:
        portrait = Image.open(stream).convert("RGB")
    picture = np.asarray(portrait.resize((width, 400)))
    task = PoseLandmarkerTask(pose_task("lite"), num_poses=1, with_mask=True, video=video)
    for pose in task.run(picture):
        assert pose.mask is not None
        assert pose.mask.shape == (400, width)
    task.dispose()


def test_a_network_runs_again_after_its_input_could_not_be_written() -> None:
    def fail(_: np.ndarray) -> None:
        raise ZeroDivisionError

    network = LiteRTNetwork(read_model("selfie_landscape"), num_threads=1)
    with pytest.raises(ZeroDivisionError):
        network.run(fail)
    (output,) = network.run(lambda tensor: tensor.fill(0))
    assert output.shape == (1, 144, 256, 1)


def test_outputs_are_copies() -> None:
    network = LiteRTNetwork(read_model("selfie_landscape"), num_threads=1)
    (first,) = network.run(lambda tensor: tensor.fill(0))
    kept = first.copy()
    network.run(lambda tensor: tensor.fill(0.5))
    np.testing.assert_array_equal(first, kept)


def test_a_forgotten_task_takes_its_thread_along() -> None:
    ImageSegmenterTask(read_model("selfie_landscape")).dispose()
    before = set(threading.enumerate())
    ImageSegmenterTask(read_model("selfie_landscape"))
    assert set(threading.enumerate()) <= before


def test_a_task_says_that_it_cannot_be_used_in_a_forked_process() -> None:
    task = ImageSegmenterTask(read_model("selfie_general"))
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()

    def use() -> None:
        with pytest.raises(DisposedError) as caught:
            task.run(np.zeros((4, 6, 3), np.uint8))
        task.dispose()
        theirs.send(str(caught.value))

    process = context.Process(target=use)
    process.start()
    assert mine.poll(60)
    assert "before this process was forked" in mine.recv()
    process.join()
    assert task.run(np.zeros((4, 6, 3), np.uint8)).shape == (4, 6)
    task.dispose()
