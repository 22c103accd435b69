"""Whatever a user's model or callback does, the stream says it and goes on."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pytest

from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam, add_model, effect
from bodyseg_widgets.streaming import encode_image, overdue, pipeline
from bodyseg_widgets.streaming.overdue import Overdue
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


class Stuck:
    """Code that returns only when the test lets it."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.free = threading.Event()

    def __call__(self, given: Any) -> NDArray[np.float64]:  # noqa: ANN401 - an image or a result
        self.entered.set()
        self.free.wait()
        return np.zeros(np.shape(given)[:2] or (1, 1))


class Rig:
    """A source whose frames are sent by hand, with its answers."""

    def __init__(self) -> None:
        self.webcam = Webcam(source="sample")
        self.answers: list[tuple[int, str]] = []
        self.webcam.channel.send = self._note  # type: ignore[method-assign]
        self._count = 0

    def _note(self, content: dict[str, Any], _: object = ()) -> None:
        if "frame" in content:
            self.answers.append((content["frame"], content["kind"]))

    def send(self) -> int:
        self._count += 1
        send_frame(self.webcam, self._count, encode_image(np.full((12, 16, 3), 200, np.uint8)))
        return self._count

    def answer(self, frame: int) -> str:
        """Wait for what a frame was answered with."""
        wait_until(lambda: any(each == frame for each, _ in self.answers))
        [kind] = [kind for each, kind in self.answers if each == frame]
        return kind


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(overdue, "LATE_SECONDS", 0.05)
    monkeypatch.setattr(pipeline, "LAST_CODE_SECONDS", 0.05)
    add_model("Plain", lambda image: np.zeros(image.shape[:2]))
    rig = Rig()
    yield rig
    rig.webcam.close()


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.free.set()


def threads_of(stream: SegmentationStream) -> list[str]:
    name = f"bodyseg-stream-{stream._id[:8]}"
    return [each.name for each in threading.enumerate() if each.name.startswith(name)]


def exit_now(_: object) -> NoReturn:
    sys.exit("enough")


def interrupt(_: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("code", "said"), [(exit_now, "SystemExit"), (interrupt, "Interrupt")])
def test_a_model_that_ends_the_program_is_said_and_another_one_works(
    rig: Rig,
    code: Callable[[object], NoReturn],
    said: str,
) -> None:
    add_model("Ending", code)
    stream = SegmentationStream(rig.webcam, model="Ending")
    for _ in range(2):
        assert rig.answer(rig.send()) == "failed"
    assert stream.state == "failed"
    assert said in stream.message
    stream.choose("Plain")
    assert rig.answer(rig.send()) == "result"
    wait_until(lambda: stream.state == "ready")
    stream.close()


@pytest.mark.parametrize("code", [exit_now, interrupt])
def test_a_callback_that_ends_the_program_is_said_and_the_stream_goes_on(
    rig: Rig,
    code: Callable[[object], NoReturn],
) -> None:
    stream = SegmentationStream(rig.webcam, model="Plain")
    stream.on_result(code)
    for _ in range(2):
        assert rig.answer(rig.send()) == "result"
    wait_until(lambda: f"{code.__name__} raised" in stream.message)
    stream.close()


def test_a_model_that_does_not_return_is_said_and_another_one_works(rig: Rig, stuck: Stuck) -> None:
    add_model("Stuck", stuck)
    stream = SegmentationStream(rig.webcam, model="Stuck")
    first = rig.send()
    wait_until(lambda: stream.state == "failed")
    assert stream.message.startswith("Stuck has not returned")
    stream.choose("Plain")
    assert rig.answer(first) == "skipped"
    assert rig.answer(rig.send()) == "result"
    wait_until(lambda: (stream.state, stream.message) == ("ready", ""))
    # What it returns in the end is nobody's any more.
    stuck.free.set()
    wait_until(lambda: len(threads_of(stream)) == 2)
    assert rig.answer(rig.send()) == "result"
    assert stream.latest is not None
    assert stream.latest.model == "Plain (python)"
    stream.close()
    assert threads_of(stream) == []


def test_another_model_that_was_chosen_before_the_first_is_late_works_too(
    rig: Rig, stuck: Stuck
) -> None:
    add_model("Stuck", stuck)
    stream = SegmentationStream(rig.webcam, model="Stuck")
    first = rig.send()
    assert stuck.entered.wait(10)
    stream.choose("Plain")
    assert rig.answer(first) == "skipped"
    assert rig.answer(rig.send()) == "result"
    assert "returned" not in stream.message
    stream.close()


def test_closing_does_not_wait_for_a_model_that_does_not_return(rig: Rig, stuck: Stuck) -> None:
    add_model("Stuck", stuck)
    stream = SegmentationStream(rig.webcam, model="Stuck")
    first = rig.send()
    assert stuck.entered.wait(10)
    stream.close()
    assert rig.answer(first) == "skipped"
    assert not stuck.free.is_set(), "it has not returned"
    stuck.free.set()
    wait_until(lambda: threads_of(stream) == [])
    assert stream.latest is None


def test_a_callback_that_does_not_return_is_said_and_closing_does_not_wait_for_it(
    rig: Rig, stuck: Stuck
) -> None:
    stream = SegmentationStream(rig.webcam, model="Plain")
    stream.on_result(stuck)
    assert rig.answer(rig.send()) == "result"
    wait_until(lambda: "An on_result function has not returned" in stream.message)
    stream.close()
    assert not stuck.free.is_set()
    stuck.free.set()
    wait_until(lambda: threads_of(stream) == [])


def test_a_callback_that_does_not_return_holds_no_other_model_and_gets_results_once_it_has(
    rig: Rig, stuck: Stuck
) -> None:
    stream = SegmentationStream(rig.webcam, model="Plain")
    stream.on_result(stuck)
    seen: list[int] = []
    stream.on_result(lambda result: seen.append(result.frame.id))
    assert rig.answer(rig.send()) == "result"
    wait_until(lambda: "An on_result function has not returned" in stream.message)
    for model in ("general", "Plain"):
        stream.choose(model)
        for _ in range(3):
            frame = rig.send()
            assert rig.answer(frame) == "result"
            wait_until(lambda frame=frame: frame in seen)
        wait_until(lambda: "An on_result function has not returned" in stream.message)
    stuck.entered.clear()
    stuck.free.set()
    wait_until(lambda: len(threads_of(stream)) == 2)  # its own, and the watch
    rig.answer(rig.send())
    wait_until(stuck.entered.is_set)
    wait_until(lambda: (stream.state, stream.message) == ("ready", ""))
    stream.close()


def test_a_slow_model_is_said_once_and_its_masks_come(rig: Rig, stuck: Stuck) -> None:
    add_model("Slow", stuck)
    stream = SegmentationStream(rig.webcam, model="Slow")
    first = rig.send()
    wait_until(lambda: stream.state == "failed")
    stuck.free.set()
    assert rig.answer(first) == "result"
    wait_until(lambda: (stream.state, stream.message) == ("ready", ""))
    said: list[str] = []
    stream.observe(lambda change: said.append(change["new"]), "message")
    assert rig.answer(rig.send()) == "result"
    assert said == []
    stream.close()


def test_an_effect_that_does_not_return_is_said_and_another_one_works(
    rig: Rig, stuck: Stuck
) -> None:
    @effect
    def stuck_effect(frame, result):  # noqa: ANN001, ANN202 - as users write it
        del frame, result
        stuck.entered.set()
        stuck.free.wait()

    @effect
    def plain_effect(frame, result):  # noqa: ANN001, ANN202
        del result
        return frame

    stream = SegmentationStream(rig.webcam, model="Plain")
    view = SegmentationView(stream)
    view._shown = True
    view.show_effect(stuck_effect)
    rig.send()
    wait_until(lambda: "'stuck_effect' has not returned" in view.effect_error)
    view.show_effect(plain_effect)
    assert view.effect_error == ""
    rig.send()
    wait_until(lambda: (2, "effect_result") in rig.answers)
    view.close()
    stream.close()
    stuck.free.set()
    wait_until(lambda: not [each for each in threading.enumerate() if "effect" in each.name])


def test_a_watch_says_what_is_late_and_nothing_else() -> None:
    late = threading.Semaphore(0)
    watch = Overdue(late.release, name="test-watch")
    for _ in range(3):
        watch.begin(60)
        # It waits for that now, and the next one is due before.
        time.sleep(0.05)
        watch.end()
    watch.begin(0.01)
    assert late.acquire(timeout=10)
    watch.rest()
    assert "test-watch" not in [each.name for each in threading.enumerate()]
    watch.begin(0.01)
    assert late.acquire(timeout=10)
    watch.close()
    watch.begin(0)
    time.sleep(0)
    assert "test-watch" not in [each.name for each in threading.enumerate()]
    assert not late.acquire(blocking=False)
