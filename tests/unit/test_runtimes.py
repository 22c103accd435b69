from __future__ import annotations

import threading
from importlib import metadata

import numpy as np
import pytest

from bodyseg_widgets.errors import IncompatibleDependencyError, ModelFileError
from bodyseg_widgets.models import read_model
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from bodyseg_widgets.runtimes.mediapipe import ImageSegmenterTask, load_mediapipe


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
