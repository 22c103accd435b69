"""The widgets' Python side, without a browser: options, messages, the way to end."""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
from traitlets import TraitError

from bodyseg_widgets import (
    Explorer,
    InvalidOptionError,
    SegmentationStream,
    SegmentationView,
    ThresholdSlider,
    ViewTabs,
    Webcam,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets.widgets import FrameChannel


@pytest.fixture
def webcam() -> Iterator[Webcam]:
    webcam = Webcam(source="sample")
    yield webcam
    webcam.close()


@pytest.fixture
def sent(webcam: Webcam, monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], list]]:
    """What the webcam's channel sends to the browser."""
    messages: list[tuple[dict[str, Any], list]] = []
    monkeypatch.setattr(
        webcam.channel, "send", lambda content, buffers=(): messages.append((content, buffers))
    )
    return messages


def _frame_message(number: int, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    timings = {"capture": 8.0, "up": None, "down": None, "draw": None}
    content = {"kind": "frame", "page": "p", "frame": number, "captured": 1.0, "timings": timings}
    return content, [data]


def _portrait() -> bytes:
    samples = resources.files("bodyseg_widgets.widgets") / "samples"
    return (samples / "astronaut.jpg").read_bytes()


def _receive(channel: FrameChannel, content: dict[str, Any], buffers: list[bytes]) -> None:
    channel._handle_custom_msg(content, buffers)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: Webcam(source="tape"), "source must be one of .* got 'tape'"),
        (lambda _: Webcam(source="stream"), r"Webcam\(stream=CameraStream"),
        (lambda w: SegmentationStream(w, runtime="onnx"), "runtime must be one of .* got 'onnx'"),
        (lambda w: SegmentationStream(w, model_type="wide"), "'general', 'landscape'.* got 'wide'"),
        (lambda w: SegmentationStream(w, model="PoseNet"), "MediaPipeSelfie.* got 'PoseNet'"),
    ],
)
def test_a_wrong_option_is_refused_with_the_choices(
    webcam: Webcam, make: Callable[[Webcam], object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        make(webcam)


@pytest.mark.parametrize(
    ("name", "value"), [("view", "x-ray"), ("threshold", 1.5), ("opacity", -1), ("mirror", "no")]
)
def test_a_view_refuses_what_it_cannot_show(webcam: Webcam, name: str, value: object) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    with pytest.raises(TraitError, match=name):
        setattr(view, name, value)
    stream.close()


def test_a_stream_that_refused_an_option_goes_on_with_the_old_one(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    with pytest.raises(InvalidOptionError):
        stream.runtime = "cuda"
    assert stream.runtime == "tensorflow"
    stream.close()


def test_a_frame_is_answered_with_its_mask(webcam: Webcam, sent: list) -> None:
    answered = threading.Event()
    stream = SegmentationStream(webcam, model_type="landscape")
    stream.on_result(lambda _: answered.set())
    _receive(webcam.channel, *_frame_message(3, _portrait()))
    assert answered.wait(10)
    stream.close()
    (content, (mask,)) = sent[0]
    assert content["kind"] == "result"
    assert content["stream"] == stream.key
    assert (content["page"], content["frame"], content["left"]) == ("p", 3, 0)
    assert content["sent"] >= content["received"]
    height, width = content["shape"]
    assert (height, width) == (144, 256)
    assert len(mask) == height * width
    # The astronaut fills about half of her portrait.
    person = sum(value >= 128 for value in mask) / len(mask)
    assert 0.3 < person < 0.7
    assert stream.latest is not None
    assert stream.latest.frame.image.shape == (512, 512, 3)


def test_every_listener_answers_and_the_last_says_so(webcam: Webcam, sent: list) -> None:
    tickets: list[Any] = []
    for _ in range(2):
        webcam.channel.listen(lambda encoded: tickets.append(encoded.origin))
    _receive(webcam.channel, *_frame_message(1, b"x"))
    for ticket in tickets:
        ticket.answer("skipped", {"stream": "s"})
    assert [content["left"] for content, _ in sent] == [1, 0]


def test_a_frame_nobody_listens_to_is_given_back_at_once(webcam: Webcam, sent: list) -> None:
    _receive(webcam.channel, *_frame_message(1, b"x"))
    assert [(content["kind"], content["left"]) for content, _ in sent] == [("skipped", 0)]


def test_answers_are_sent_in_the_context_of_the_message_that_brought_the_frame(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = contextvars.ContextVar("shell", default="main")
    seen: list[str] = []
    monkeypatch.setattr(webcam.channel, "send", lambda *_: seen.append(shell.get()))
    tickets: list[Any] = []
    webcam.channel.listen(lambda encoded: tickets.append(encoded.origin))

    def on_the_subshell() -> None:
        shell.set("subshell")
        _receive(webcam.channel, *_frame_message(1, b"x"))

    contextvars.copy_context().run(on_the_subshell)
    worker = threading.Thread(target=lambda: tickets[0].answer("skipped", {}))
    worker.start()
    worker.join()
    assert seen == ["subshell"]


def test_the_sample_and_a_sign_of_life_are_sent_on_request(webcam: Webcam, sent: list) -> None:
    _receive(webcam.channel, {"kind": "ping"}, [])
    _receive(webcam.channel, {"kind": "sample"}, [])
    assert [content["kind"] for content, _ in sent] == ["pong", "sample"]
    assert sent[1][1] == [_portrait()]


@pytest.mark.usefixtures("sent")
def test_a_broken_frame_is_told_in_words_and_the_next_one_works(webcam: Webcam) -> None:
    answered = threading.Event()
    stream = SegmentationStream(webcam)
    stream.observe(lambda _: answered.set(), "message")
    _receive(webcam.channel, *_frame_message(1, b"not a picture"))
    assert answered.wait(10)
    assert stream.state == "failed"
    assert "not a JPEG" in stream.message
    ready = threading.Event()
    stream.on_result(lambda _: ready.set())
    _receive(webcam.channel, *_frame_message(2, _portrait()))
    assert ready.wait(10)
    assert (stream.state, stream.message) == ("ready", "")
    stream.close()


def test_a_callback_that_raises_is_named_once_and_the_stream_goes_on(
    webcam: Webcam, sent: list
) -> None:
    done = threading.Semaphore(0)
    stream = SegmentationStream(webcam)

    def my_effect(_: object) -> None:
        raise ZeroDivisionError("by zero")

    stream.on_result(my_effect)
    stream.on_result(lambda _: done.release())
    for number in (1, 2):
        _receive(webcam.channel, *_frame_message(number, _portrait()))
        assert done.acquire(timeout=10)
    assert "my_effect raised ZeroDivisionError: by zero" in stream.message
    assert [content["kind"] for content, _ in sent] == ["result", "result"]
    stream.close()


def test_a_callback_that_failed_is_forgotten_when_it_unsubscribes(
    webcam: Webcam, sent: list
) -> None:
    stream = SegmentationStream(webcam)
    noted = threading.Event()

    @dataclass  # which makes it unhashable, too
    class Effect:
        strength: float

        def __call__(self, _: object) -> None:
            raise ZeroDivisionError("by zero")

    stream.observe(lambda _: noted.set(), "message")
    unsubscribe = stream.on_result(Effect(0.5))
    _receive(webcam.channel, *_frame_message(1, _portrait()))
    assert noted.wait(10)
    assert "Effect(strength=0.5) raised ZeroDivisionError" in stream.message
    unsubscribe()
    assert stream.message == ""
    assert sent[0][0]["kind"] == "result"
    stream.close()


def test_an_explorer_that_is_refused_leaves_nothing_behind() -> None:
    before = set(ipywidgets.widgets.widget._instances)
    with pytest.raises(InvalidOptionError):
        Explorer(runtime="onnx")
    assert set(ipywidgets.widgets.widget._instances) == before


def test_parts_can_be_linked_by_hand(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    view, slider, tabs = SegmentationView(stream), ThresholdSlider(stream), ViewTabs()
    links = [
        ipywidgets.jslink((slider, "value"), (view, "threshold")),
        ipywidgets.jslink((tabs, "value"), (view, "view")),
    ]
    for link in links:
        link.close()
    stream.close()


def test_explorer_hands_its_options_to_its_parts() -> None:
    explorer = Explorer(
        Webcam(source="sample"),
        runtime="mediapipe",
        model_type="landscape",
        view="contour",
        threshold=0.2,
        opacity=0.9,
        mirror=False,
    )
    assert (explorer.stream.runtime, explorer.stream.model_type) == ("mediapipe", "landscape")
    assert (explorer.tabs.value, explorer.view.view) == ("contour", "contour")
    assert explorer.threshold_slider.value == explorer.view.threshold == 0.2
    assert explorer.opacity_slider.value == explorer.view.opacity == 0.9
    assert explorer.mirror_button.value is explorer.view.mirror is False
    explorer.runtime_picker.value = "tensorflow"
    assert explorer.stream.runtime == "tensorflow"
    explorer.close()


def test_a_closed_explorer_leaves_no_widget_and_no_thread_behind() -> None:
    def left() -> tuple[set[str], set[str]]:
        threads = {thread.name for thread in threading.enumerate()}
        return set(ipywidgets.widgets.widget._instances), threads

    before = left()
    for _ in range(3):
        explorer = Explorer(Webcam(source="sample"))
        _receive(explorer.webcam.channel, *_frame_message(1, _portrait()))
        explorer.close()
        explorer.close()
    assert left() == before
