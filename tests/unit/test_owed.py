"""A page is told which frames are still to come, so that it knows which are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets import Webcam
from bodyseg_widgets.widgets.transport.owed import Owed

if TYPE_CHECKING:
    from collections.abc import Callable


def ask(kind: str, frame: int, *, page: str = "a", video: int = 1) -> dict[str, Any]:
    return {"kind": kind, "page": page, "video": video, "frame": frame}


def answer(kind: str, frame: int, **more: object) -> dict[str, Any]:
    return {"kind": kind, "page": "a", "frame": frame, **more}


def session(kind: str, video: int) -> dict[str, Any]:
    return {"kind": kind, "page": "a", "video": video}


@pytest.fixture
def owed() -> Owed:
    """Three frames are owed to page a, another one to page b."""
    owed = Owed()
    for frame, kind in enumerate(("frame", "next", "show")):
        owed.note(ask(kind, frame))
    owed.note(ask("frame", 0, page="b"))
    return owed


def test_what_a_page_asks_for_is_owed_to_that_page(owed: Owed) -> None:
    assert (owed.to("a"), owed.to("b"), owed.to("c")) == ([0, 1, 2], [0], [])


@pytest.mark.parametrize("kind", ["result", "skipped", "failed"])
def test_a_frame_is_owed_until_its_last_stream_has_answered(owed: Owed, kind: str) -> None:
    owed.settle(answer(kind, 1, left=1))
    assert owed.to("a") == [0, 1, 2]
    owed.settle(answer(kind, 1, left=0))
    assert owed.to("a") == [0, 2]
    assert owed.to("b") == [0]


def test_an_image_is_no_answer_yet(owed: Owed) -> None:
    owed.settle(answer("image", 1))
    assert owed.to("a") == [0, 1, 2]


@pytest.mark.parametrize("kind", ["expired", "ended"])
def test_what_does_not_come_is_not_owed(owed: Owed, kind: str) -> None:
    owed.settle(answer(kind, 1))
    assert owed.to("a") == [0, 2]


@pytest.mark.parametrize(
    "end",
    [
        lambda owed: owed.note(session("close", 1)),
        lambda owed: owed.note(session("open", 2)),
        lambda owed: owed.note({"kind": "leave", "page": "a"}),
        lambda owed: owed.settle(session("rejected", 1)),
    ],
    ids=["closes it", "opens another", "leaves", "is rejected"],
)
def test_nothing_is_owed_of_a_session_whose_page(owed: Owed, end: Callable[[Owed], None]) -> None:
    end(owed)
    assert (owed.to("a"), owed.to("b")) == ([], [0])


def test_frames_of_a_later_session_end_what_is_owed_of_earlier_ones(owed: Owed) -> None:
    owed.note(ask("frame", 3, video=2))
    owed.note(session("close", 1))
    assert owed.to("a") == [3]


def test_a_pong_says_what_is_owed_and_a_frame_that_cannot_be_handled_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    webcam = Webcam()
    answered: list[Any] = []
    taken: list[Any] = []
    monkeypatch.setattr(webcam.channel, "send", lambda message, *_: answered.append(message))
    webcam.frames.subscribe(lambda frame: taken.append(frame.origin))

    def receive(**message: object) -> None:
        webcam.channel._handle_custom_msg(message, [b"jpeg"])

    def pong() -> dict[str, Any]:
        receive(kind="ping", page="a", asked=5.0)
        return answered[-1]

    timings = {"capture": 1.0, "up": None, "down": None, "draw": None}
    for frame in (1, 2):
        receive(**ask("frame", frame), captured=1.0, timings=timings)
    # ipywidgets logs that.
    receive(**ask("frame", 3))
    assert (pong()["page"], pong()["asked"], pong()["owed"]) == ("a", 5.0, [1, 2])
    taken[0].answer_skipped("stream")
    assert pong()["owed"] == [2]
    taken[1].answer_failed("stream")
    assert pong()["owed"] == []
    webcam.close()
