"""Images that models, callbacks and effects get are shared, so nobody can paint into them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from bodyseg_widgets import (
    EffectError,
    Frame,
    Mask,
    Result,
    Segmentation,
    SegmentationStream,
    Timings,
    Webcam,
    add_model,
)
from bodyseg_widgets.streaming import SharedImage, encode_image
from bodyseg_widgets.streaming.effects import EffectRun
from bodyseg_widgets.streaming.handed_out import painting_fix
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

GRAY = 200
FIX = "Images are read-only, because models and callbacks share them: paint into a copy"


def gray() -> NDArray[np.uint8]:
    return np.full((12, 16, 3), GRAY, np.uint8)


def paint(image: NDArray[np.uint8]) -> None:
    image[:] = 0


def draw(image: NDArray[np.uint8]) -> None:
    cv2.rectangle(image, (0, 0), (8, 8), (0, 0, 0), -1)


def darken(image: NDArray[np.uint8]) -> None:
    image //= 2


PAINTING = [paint, draw, darken]


@pytest.fixture
def webcam(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webcam]:
    webcam = Webcam(source="sample")
    monkeypatch.setattr(webcam.channel, "send", lambda *_: None)
    yield webcam
    webcam.close()


def send(webcam: Webcam, number: int) -> None:
    send_frame(webcam, number, encode_image(gray()))


@pytest.mark.parametrize("painting", PAINTING)
def test_a_model_that_paints_is_told_so_and_the_others_see_the_image(
    webcam: Webcam, painting: Callable[[NDArray[np.uint8]], None]
) -> None:
    seen: list[float] = []
    painted = threading.Event()

    def painter(image: NDArray[np.uint8]) -> NDArray[np.float64]:
        try:
            painting(image)
        finally:
            painted.set()
        return np.zeros(image.shape[:2])

    def looker(image: NDArray[np.uint8]) -> NDArray[np.float64]:
        assert painted.wait(10)
        seen.append(float(image.mean()))
        return np.zeros(image.shape[:2])

    add_model("Painter", painter)
    add_model("Looker", looker)
    streams = [SegmentationStream(webcam, model=each) for each in ("Painter", "Looker")]
    send(webcam, 1)
    wait_until(lambda: seen and streams[0].state == "failed")
    assert seen == [pytest.approx(GRAY, abs=1)]
    assert FIX in streams[0].message
    for stream in streams:
        stream.close()


@pytest.mark.parametrize("painting", PAINTING)
def test_a_callback_that_paints_is_told_so(
    webcam: Webcam, painting: Callable[[NDArray[np.uint8]], None]
) -> None:
    add_model("Plain", lambda image: np.zeros(image.shape[:2]))
    stream = SegmentationStream(webcam, model="Plain")
    stream.on_result(lambda result: painting(result.frame.image))
    send(webcam, 1)
    wait_until(lambda: stream.message)
    assert FIX in stream.message
    assert stream.latest is not None
    assert stream.latest.frame.image.mean() == pytest.approx(GRAY, abs=1)
    stream.close()


@pytest.mark.parametrize("painting", PAINTING)
def test_an_effect_that_paints_is_told_so(painting: Callable[[NDArray[np.uint8]], None]) -> None:
    def effect(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        del result
        painting(frame)
        return frame

    mask = Mask.from_levels(np.zeros((1, 1), np.uint8), size=(12, 16))
    result = Result(Frame(1, gray(), 0.0), Segmentation(mask), Timings())
    with pytest.raises(EffectError, match=FIX):
        EffectRun(effect).image(result, {}, "frame 1")


def test_what_python_gave_is_not_locked_and_what_it_gets_is() -> None:
    given = gray()
    for handed in (SharedImage(b"", given).decoded()[0], Frame(1, given, 0.0).image):
        assert np.shares_memory(handed, given)
        assert not handed.flags.writeable
    given[:] = 0
    copied = Frame(1, given, 0.0).image.copy()
    copied[:] = 1


def test_other_errors_get_no_advice_about_painting() -> None:
    assert painting_fix(ValueError("too dark")) == ""
    assert painting_fix(OSError("the disk is read-only")) == ""
