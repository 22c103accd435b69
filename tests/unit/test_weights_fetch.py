"""A stream whose model needs weights offers to download them, does so, and goes on by itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import (
    MissingWeightsError,
    ModelFileError,
    SegmentationStream,
    add_weights,
    create_segmenter,
)
from bodyseg_widgets.models import weights_folders
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.streaming.frame_model import SegmenterModel
from bodyseg_widgets.streaming.live_models import LiveModel
from bodyseg_widgets.streaming.samples import portrait_jpeg
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bodyseg_widgets import Webcam

URL = "https://example.org/model.json"
SIZE = 1000
OFFER = {"url": URL, "size": SIZE, "done": None, "problem": ""}


class Weights:
    """Weights that are missing until they are downloaded, and how that goes."""

    def __init__(self) -> None:
        self.are_there = False
        self.may_be_downloaded = True
        self.may_end = threading.Event()
        self.error: Exception | None = None
        self.made = 0

    def fetch(self, progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        while not self.may_end.is_set():
            if cancelled():
                raise ModelFileError("It was canceled.")
            progress(SIZE // 2)
            time.sleep(0.01)
        if self.error is not None:
            raise self.error
        self.are_there = True

    def make_model(self) -> SegmenterModel:
        self.made += 1
        if not self.are_there:
            fetch = self.fetch if self.may_be_downloaded else None
            raise MissingWeightsError("Download them.", url=URL, size=SIZE, fetch=fetch)
        return SegmenterModel(create_segmenter("general"))


def add_heavy_model(weights: Weights) -> None:
    LIVE_MODELS["Heavy"] = LiveModel(
        "Heavy", tuple, "", ("python",), finds_poses=False, create=lambda *_: weights.make_model()
    )


@pytest.fixture
def weights() -> Weights:
    return Weights()


@pytest.fixture
def waiting(webcam: Webcam, weights: Weights) -> Iterator[SegmentationStream]:
    """A stream whose weights are missing."""
    add_heavy_model(weights)
    stream = SegmentationStream(webcam, model="Heavy")
    send(stream, 1)
    wait_until(lambda: stream.state == "failed")
    yield stream
    stream.close()


def send(stream: SegmentationStream, number: int) -> None:
    send_frame(stream.webcam, number, portrait_jpeg())


def press(stream: SegmentationStream, *, download: bool) -> None:
    """Press the button in the page."""
    stream._handle_custom_msg({"kind": "weights", "download": download}, [])


def test_it_says_what_is_missing_and_offers_it(waiting: SegmentationStream) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    assert waiting.message == "MissingWeightsError: Download them."


def test_nothing_is_downloaded_until_the_button_is_pressed(
    waiting: SegmentationStream, weights: Weights
) -> None:
    weights.may_end.set()
    for number in (2, 3, 4):
        send(waiting, number)
    wait_until(lambda: waiting._weights == OFFER)
    assert not weights.are_there
    assert "bodyseg-weights" not in [each.name for each in threading.enumerate()]


def test_once_downloaded_the_model_runs(waiting: SegmentationStream, weights: Weights) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    wait_until(lambda: waiting._weights == {**OFFER, "done": SIZE // 2})
    weights.may_end.set()
    wait_until(lambda: waiting._weights is None)
    assert (waiting.state, waiting.message) == ("loading", "")
    send(waiting, 2)
    wait_until(lambda: waiting.latest is not None)
    assert waiting.state == "ready"


def test_a_download_is_canceled_and_offered_again(
    waiting: SegmentationStream, weights: Weights
) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    press(waiting, download=True)
    assert [each.name for each in threading.enumerate()].count("bodyseg-weights") == 1
    press(waiting, download=False)
    wait_until(lambda: waiting._weights == OFFER)
    weights.may_end.set()
    press(waiting, download=True)
    wait_until(lambda: waiting._weights is None)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ModelFileError("Is this computer offline?"), "Is this computer offline?"),
        (ZeroDivisionError("in a user's code"), 'ZeroDivisionError("in a user\'s code")'),
    ],
)
def test_why_a_download_failed_is_said_and_it_is_offered_again(
    waiting: SegmentationStream, weights: Weights, error: Exception, problem: str
) -> None:
    weights.error = error
    weights.may_end.set()
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    wait_until(lambda: waiting._weights == {**OFFER, "problem": problem})
    send(waiting, 2)
    weights.error = None
    press(waiting, download=True)
    wait_until(lambda: waiting._weights is None)


def test_a_model_that_rested_meanwhile_does_not_end_the_download(
    waiting: SegmentationStream, weights: Weights
) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    wait_until(lambda: waiting._weights == {**OFFER, "done": SIZE // 2})
    made = weights.made
    waiting._pipeline._runner.dispose()
    send(waiting, 2)
    wait_until(lambda: weights.made > made)
    # Once its answer has come, the next one has been handled.
    send(waiting, 3)
    send(waiting, 4)
    assert waiting._weights == {**OFFER, "done": SIZE // 2}
    weights.may_end.set()
    wait_until(lambda: waiting._weights is None)


def test_choosing_another_model_ends_the_download(
    waiting: SegmentationStream, weights: Weights
) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    waiting.choose("general")
    assert waiting._weights is None
    wait_until(lambda: "bodyseg-weights" not in [each.name for each in threading.enumerate()])
    assert not weights.are_there
    send(waiting, 2)
    wait_until(lambda: waiting.state == "ready")


def test_closing_the_stream_ends_the_download(
    waiting: SegmentationStream, weights: Weights
) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    press(waiting, download=True)
    waiting.close()
    assert "bodyseg-weights" not in [each.name for each in threading.enumerate()]
    assert not weights.are_there


def test_weights_that_are_added_in_python_are_used_without_a_button(
    waiting: SegmentationStream,
    weights: Weights,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights_folders, "_added", [])
    wait_until(lambda: waiting._weights == OFFER)
    weights.are_there = True
    folder = tmp_path / "resnet50" / "float"
    folder.mkdir(parents=True)
    (folder / "model-stride16.json").touch()
    add_weights(tmp_path)
    assert waiting._weights is None
    send(waiting, 2)
    wait_until(lambda: waiting.state == "ready")


def test_what_may_not_be_downloaded_has_no_button(webcam: Webcam, weights: Weights) -> None:
    weights.may_be_downloaded = False
    add_heavy_model(weights)
    stream = SegmentationStream(webcam, model="Heavy")
    send(stream, 1)
    wait_until(lambda: stream.message == "MissingWeightsError: Download them.")
    press(stream, download=True)
    assert stream._weights is None
    stream.close()


def test_a_page_cannot_say_what_would_be_downloaded(waiting: SegmentationStream) -> None:
    wait_until(lambda: waiting._weights == OFFER)
    waiting.set_state({"_weights": {**OFFER, "url": "https://elsewhere.example"}})
    assert waiting._weights == OFFER
