"""A page opens, plays, seeks in and closes a kernel source."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets import Webcam
from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.segmentation import PackedLevels, Region
from bodyseg_widgets.streaming import (
    EncodedFrame,
    FrameHistory,
    Player,
    StoredResult,
    Timings,
    decode_image,
)
from bodyseg_widgets.streaming.sources import ImageIterator, SourceFrame
from bodyseg_widgets.widgets.source import playback as module
from bodyseg_widgets.widgets.source.playback import OpenRequest, Playback
from bodyseg_widgets.widgets.transport.frame_ticket import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets.streaming.sources import FrameSource

PICTURES = [np.full((8, 8, 3), 20 * number, np.uint8) for number in range(5)]
KNOWN = StoredResult(
    PackedLevels.of(np.zeros((2, 2), np.uint8)), (8, 8), Region(0, 0, 8, 8), (), Timings()
)
WHERE = {"page": "page", "video": 1}


class Watched:
    """A source that reports when it is closed."""

    label = "film.mp4"
    rate: float | None = None
    length: int | None = 5

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.at = 0
        self.error: Exception | None = None
        self.known: dict[str, StoredResult] = {}
        self.jpeg: bytes | None = None
        self.reading = threading.Event()
        self.before_reading: Callable[[], object] = lambda: None

    def read(self) -> SourceFrame | None:
        return self.read_at(self.at) if self.at < len(PICTURES) else None

    def read_at(self, index: int) -> SourceFrame:
        self.reading.set()
        self.before_reading()
        if self.error:
            raise self.error
        self.at = index + 1
        return SourceFrame(PICTURES[index], index, index / 10, self.known, self.jpeg)

    def close(self) -> None:
        self.closed.set()


NUMBERS = {"device": 0, "width": 640, "height": 480, "frame_rate": 30}


class Rig:
    """A playback whose messages and frames land in one queue."""

    def __init__(self) -> None:
        self.source = Watched()
        self.opened: list[OpenRequest] = []
        self.before_opening: Callable[[OpenRequest], None] = lambda _: None
        self.news: queue.Queue[dict[str, Any] | EncodedFrame[Route]] = queue.Queue()
        self.history = FrameHistory(10)
        self.playback = Playback(
            self.open_source,
            post=lambda message, _: self.news.put(message),
            show=self.news.put,
            history=self.history,
        )
        self.playback.set_loop(loop=False)

    def open_source(self, request: OpenRequest) -> Player:
        self.opened.append(request)
        self.before_opening(request)
        source: FrameSource = self.source
        return Player(source, size=(640, 480), loop=False)

    def open(self, video: int = 1) -> None:
        wanted = {"source": "file", "path": "film.mp4", **NUMBERS}
        self.playback.open({"kind": "open", "page": "page", "video": video, **wanted})

    def next(self, frame: int, begin_at: int | None = None, video: int = 1) -> None:
        where = {"page": "page", "video": video}
        self.playback.next({"kind": "next", **where, "frame": frame, "begin_at": begin_at})

    def show(self, frame: int, number: int) -> bool:
        return self.playback.show({"kind": "show", **WHERE, "frame": frame, "id": number})

    def told(self) -> dict[str, Any]:
        news = self.news.get(timeout=10)
        assert isinstance(news, dict)
        return news

    def given(self) -> EncodedFrame[Route]:
        news = self.news.get(timeout=10)
        assert isinstance(news, EncodedFrame)
        return news


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.playback.close()
    # No one is notified of anything they did not wait for.
    assert rig.news.empty()


@pytest.fixture
def playing(rig: Rig) -> Rig:
    rig.open()
    assert rig.told()["kind"] == "opened"
    return rig


def test_a_page_that_leaves_closes_its_own_source_alone(playing: Rig) -> None:
    playing.playback.leave("another page")
    assert not playing.source.closed.is_set()
    playing.playback.leave("page")
    assert playing.source.closed.wait(10)


def test_opening_it_says_what_it_is(rig: Rig) -> None:
    rig.source.rate = 10
    rig.open()
    opened = {"kind": "opened", "label": "film.mp4", "rate": 10, "length": 5}
    assert rig.told() == {**WHERE, **opened}
    [request] = rig.opened
    assert (request.source, request.path, request.device) == ("file", "film.mp4", 0)


def test_each_time_the_page_asks_it_gets_the_next_picture(playing: Rig) -> None:
    for frame in (7, 8):
        playing.next(frame)
        given = playing.given()
        assert (given.origin, given.id) == (Route("page", frame, 1), frame - 7)
        assert given.live
        assert given.video == ("page", 1, 0)
        image, _ = given.image.decoded()
        np.testing.assert_array_equal(image, PICTURES[frame - 7])
        assert abs(decode_image(given.image.data).astype(int) - image).max() <= 2


def test_a_picture_that_is_sought_is_not_live_and_playing_goes_on_after_it(playing: Rig) -> None:
    assert playing.show(1, 3)
    shown = playing.given()
    assert (shown.id, shown.live) == (3, False)
    playing.next(2)
    assert playing.given().id == 4
    playing.next(3, begin_at=0)
    assert playing.given().id == 0


def asked_while_busy(rig: Rig, ask: Callable[[], object]) -> tuple[list[int], int]:
    """Ask while the first frame is being read, so that newer requests replace older ones.

    Returns the requests that expired, and the number of the next frame.
    """
    busy = threading.Event()
    rig.source.before_reading = lambda: busy.wait(10)
    rig.next(0)
    assert rig.source.reading.wait(10)
    ask()
    expired = []
    while not rig.news.empty():
        expired.append(rig.told()["frame"])
    rig.source.before_reading = lambda: None
    busy.set()
    assert rig.given().id == 0
    return expired, rig.given().id


def test_playing_begins_where_it_was_asked_to_though_a_newer_request_came(playing: Rig) -> None:
    def ask() -> None:
        playing.next(1, begin_at=3)
        playing.next(2)

    assert asked_while_busy(playing, ask) == ([1], 3)


def test_playing_goes_on_after_a_frame_that_was_sought_and_not_shown(playing: Rig) -> None:
    def ask() -> None:
        playing.show(1, 2)
        playing.next(2)

    assert asked_while_busy(playing, ask) == ([1], 3)


def test_what_is_sought_last_counts(playing: Rig) -> None:
    def ask() -> None:
        playing.next(1, begin_at=3)
        playing.show(2, 1)
        playing.next(3)

    assert asked_while_busy(playing, ask) == ([1, 2], 2)


def test_at_the_end_the_page_is_told_which_frame_does_not_come(playing: Rig) -> None:
    playing.show(1, 4)
    playing.given()
    playing.next(2)
    assert playing.told() == {**WHERE, "kind": "ended", "frame": 2}


def test_what_cannot_be_sought_in_is_left_to_the_history(rig: Rig) -> None:
    rig.source.length = None
    rig.open()
    rig.told()
    assert not rig.show(1, 0)


def test_what_was_made_of_a_picture_before_comes_with_it_again(playing: Rig) -> None:
    kept = playing.history.add(("page", 1), 2, b"jpeg", timestamp=0, arrived=0)
    playing.history.note(("page", 1), kept, "Selfie", KNOWN)
    playing.show(1, 2)
    assert playing.given().known == {"Selfie": KNOWN}
    # When playback resumes, models track people from frame to frame again.
    playing.next(2, begin_at=2)
    assert playing.given().known == {}


def test_a_recordings_pictures_and_results_are_handed_on_as_they_are(playing: Rig) -> None:
    playing.source.known, playing.source.jpeg = {"Selfie": KNOWN}, b"as recorded"
    playing.next(1)
    given = playing.given()
    assert given.known == {"Selfie": KNOWN}
    assert given.image.data == b"as recorded"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (SourceError("It is broken. Mend it."), "It is broken. Mend it."),
        (ValueError("surprise"), "ValueError: surprise"),
    ],
)
def test_what_fails_is_said_in_words_and_closed(
    playing: Rig, error: Exception, message: str
) -> None:
    playing.source.error = error
    playing.next(1)
    assert playing.told() == {**WHERE, "kind": "rejected", "message": message}
    assert playing.source.closed.is_set()
    # Nothing is open any more, and another session works.
    playing.next(2)
    assert playing.told()["kind"] == "rejected"
    playing.source = Watched()
    playing.open(video=2)
    assert playing.told()["kind"] == "opened"


def test_a_source_that_cannot_be_opened_is_refused(rig: Rig) -> None:
    def fail(_: OpenRequest) -> None:
        raise SourceError("There is no such file.")

    rig.before_opening = fail
    rig.open()
    assert rig.told() == {**WHERE, "kind": "rejected", "message": "There is no such file."}


def test_opening_tells_how_far_it_is(rig: Rig) -> None:
    rig.before_opening = lambda request: request.progress("Fetching: 1 MB.", 0.25)
    rig.open()
    assert rig.told() == {**WHERE, "kind": "progress", "text": "Fetching: 1 MB.", "share": 0.25}
    assert rig.told()["kind"] == "opened"


def test_a_request_that_no_one_waits_for_any_more_is_cancelled_and_closed(rig: Rig) -> None:
    began, shut = threading.Event(), threading.Event()

    def wait(request: OpenRequest) -> None:
        assert not request.cancelled()
        began.set()
        assert shut.wait(10)
        assert request.cancelled()

    rig.before_opening = wait
    rig.open()
    assert began.wait(10)
    rig.playback.receive({"kind": "close", **WHERE})
    shut.set()
    assert rig.source.closed.wait(10)


def test_an_opening_that_is_sent_again_opens_nothing_else_and_is_answered_again(
    playing: Rig,
) -> None:
    playing.next(1)
    assert playing.given().id == 0
    playing.open()
    assert playing.told()["kind"] == "opened"
    playing.next(2)
    assert playing.given().id == 1
    assert len(playing.opened) == 1
    assert not playing.source.closed.is_set()


def test_an_opening_that_is_sent_again_while_it_opens_is_answered_once(rig: Rig) -> None:
    began, ready = threading.Event(), threading.Event()

    def wait(_: OpenRequest) -> None:
        began.set()
        assert ready.wait(10)

    rig.before_opening = wait
    rig.open()
    assert began.wait(10)
    rig.open()
    ready.set()
    assert rig.told()["kind"] == "opened"
    assert len(rig.opened) == 1


def test_an_opening_that_failed_fails_again_when_it_is_sent_again(rig: Rig) -> None:
    def fail(_: OpenRequest) -> None:
        raise SourceError("There is no such file.")

    rig.before_opening = fail
    for _ in range(2):
        rig.open()
        assert rig.told() == {**WHERE, "kind": "rejected", "message": "There is no such file."}
    assert len(rig.opened) == 1


def test_an_opening_that_comes_late_opens_nothing(playing: Rig) -> None:
    playing.open(video=3)
    assert playing.told()["video"] == 3
    playing.open(video=2)
    playing.next(1, video=3)
    assert playing.given().id == 0
    # Stopped before it was opened: a camera must not go on.
    playing.playback.close_session({"kind": "close", "page": "page", "video": 4})
    playing.open(video=4)
    playing.next(2, video=3)
    assert playing.given().id == 1
    assert len(playing.opened) == 2


def test_opening_another_closes_the_one_before(playing: Rig) -> None:
    first, playing.source = playing.source, Watched()
    playing.open(video=2)
    assert playing.told() == {
        "page": "page", "video": 2, "kind": "opened", "label": "film.mp4", "rate": None, "length": 5
    }  # fmt: skip
    assert first.closed.is_set()
    # Requests to the first one are not answered by the second.
    playing.next(1, video=1)
    assert not playing.show(2, 3)


@pytest.mark.parametrize("end", ["page", "stop", "close"])
def test_a_source_is_closed_when(playing: Rig, end: str) -> None:
    if end == "page":
        playing.playback.receive({"kind": "close", **WHERE})
    else:
        getattr(playing.playback, end)()
    assert playing.source.closed.is_set()
    playing.next(1)
    news = playing.told()
    assert (news["kind"], news["video"]) == ("rejected", 1)
    assert "Press Start" in news["message"]


def test_another_page_cannot_close_it(playing: Rig) -> None:
    playing.playback.receive({"kind": "close", "page": "other", "video": 1})
    assert not playing.source.closed.is_set()


def test_a_page_that_is_gone_leaves_no_source_open(playing: Rig) -> None:
    session = playing.playback._session
    assert session
    session.lifeline.heard(0.0)
    assert playing.source.closed.wait(5)


def test_a_page_that_says_that_it_is_there_keeps_it_open(
    playing: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = playing.playback._session
    assert session
    heard: list[float] = []
    monkeypatch.setattr(session.lifeline, "heard", heard.append)
    playing.playback.receive({"kind": "keep_alive", **WHERE})
    assert heard == [module.SILENCE]


def test_looping_can_be_switched_while_it_plays(playing: Rig) -> None:
    playing.playback.set_loop(loop=True)
    playing.show(1, 4)
    playing.given()
    playing.next(2)
    assert playing.given().id == 0


def test_looping_that_is_switched_while_the_source_opens_holds(rig: Rig) -> None:
    rig.before_opening = lambda _: rig.playback.set_loop(loop=True)
    rig.open()
    assert rig.told()["kind"] == "opened"
    rig.show(1, 4)
    rig.given()
    rig.next(2)
    assert rig.given().id == 0


def test_the_page_is_told_of_damaged_parts_whenever_they_become_more(
    playing: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = 0
    monkeypatch.setattr(Player, "damaged", property(lambda _: damaged))
    playing.next(1)
    playing.given()
    for frame, damaged, parts in ((2, 1, "1 part of it is"), (4, 3, "3 parts of it are")):  # noqa: B007
        playing.next(frame)
        text = (
            f"'film.mp4' is damaged: {parts} not whole, so frames are missing, or repaired as far "
            "as possible."
        )
        assert playing.told() == {"kind": "notice", **WHERE, "text": text}
        playing.given()
    playing.next(5)
    playing.given()


def test_once_closed_it_opens_nothing_and_starts_no_thread(rig: Rig) -> None:
    rig.playback.close()
    rig.open()
    assert not [each for each in threading.enumerate() if each.name == "bodyseg-watch"]
    assert not rig.opened


def test_a_webcam_opens_what_the_page_says_though_its_traits_come_later() -> None:
    webcam = Webcam(PICTURES, page_may_open="path")
    try:
        request = OpenRequest(
            lambda *_: None, lambda: False, source="file", path="missing.mp4", **NUMBERS
        )
        with pytest.raises(SourceError, match=r"missing\.mp4"):
            webcam._open_player(request)
    finally:
        webcam.close()


def test_a_generator_that_was_stopped_at_work_goes_on_in_the_next_session() -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[np.ndarray]:
        at_work.set()
        assert go_on.wait(10)
        yield from PICTURES

    webcam = Webcam(slow())
    request = OpenRequest(lambda *_: None, lambda: False, source="python", path="", **NUMBERS)
    first = webcam._open_player(request)
    reader = threading.Thread(target=first.next)
    reader.start()
    assert at_work.wait(10)
    first.close()
    reader.join(10)
    second = webcam._open_player(request)
    assert isinstance(second.source, ImageIterator)
    given: list[object] = []
    reader = threading.Thread(target=lambda: given.append(second.next()))
    reader.start()
    go_on.set()
    reader.join(10)
    second.close()
    webcam.close()
    # A generator that two threads run at once raises an error.
    assert given
    assert given[0] is not None
