"""A source is played at its own speed, looped and sought in, without waiting in vain."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.segmentation import PackedLevels, Region
from bodyseg_widgets.streaming import Player, StoredResult, Timings, player
from bodyseg_widgets.streaming.sources import ImageIterator, SourceFrame, VideoFile

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = np.zeros((4, 8, 3), np.uint8)
KNOWN = StoredResult(
    PackedLevels.of(np.zeros((2, 2), np.uint8)), (4, 8), Region(0, 0, 8, 4), (), Timings()
)


class Clock:
    """A clock that advances only when code waits or takes long."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


@dataclass
class Film:
    """A number of frames, ten per second."""

    clock: Clock
    length: int | None = 50
    rate: float | None = 10.0
    label: str = "film"
    known: bool = False
    slowness: float = 0.0
    closed: int = 0
    at: int = field(default=0, init=False)

    def read(self) -> SourceFrame | None:
        if self.length is not None and self.at >= self.length:
            return None
        return self.read_at(self.at)

    def read_at(self, index: int) -> SourceFrame:
        if self.length is not None and not 0 <= index < self.length:
            raise SourceError(f"There is no picture number {index}.")
        self.clock.now += self.slowness
        self.at = index + 1
        known = {"Model": KNOWN} if self.known else {}
        return SourceFrame(IMAGE, index, index / 10, known)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(player, "time", clock)
    return clock


def make(
    film: Film | VideoFile,
    *,
    clock: Clock | None = None,
    loop: bool = False,
    size: tuple[int, int] = (640, 480),
) -> Player:
    made = Player(film, size=size, loop=loop)
    wait = (clock or film.clock).wait
    made._woken.wait = wait  # type: ignore[method-assign,assignment]
    return made


def numbers(film: Player, count: int) -> list[int | None]:
    played = [film.next() for _ in range(count)]
    return [each and each.frame.index for each in played]


def test_pictures_come_at_the_pace_of_their_source(clock: Clock) -> None:
    film = make(Film(clock))
    played = [film.next() for _ in range(4)]
    assert [each.frame.index for each in played if each] == [0, 1, 2, 3]
    assert [each.timestamp for each in played if each] == pytest.approx(
        [1000, 1000.1, 1000.2, 1000.3]
    )
    assert clock.now == pytest.approx(1000.3)


def test_a_slow_page_sees_it_at_its_own_speed_and_not_every_picture(clock: Clock) -> None:
    film = make(Film(clock))
    seen = []
    for _ in range(4):
        seen += numbers(film, 1)
        clock.now += 0.33
    assert seen == [0, 3, 6, 9]


def test_after_a_pause_it_goes_on_with_the_next_picture(clock: Clock) -> None:
    film = make(Film(clock))
    assert numbers(film, 2) == [0, 1]
    clock.now += 60
    assert numbers(film, 3) == [2, 3, 4]
    assert clock.now == pytest.approx(1060.3)


def test_one_that_takes_long_to_read_is_shown_slower_and_stays_smooth(clock: Clock) -> None:
    film = make(Film(clock, slowness=0.15))
    shown = [number for number in numbers(film, 8) if number is not None]
    assert max(np.diff(shown)) <= 2


def test_pictures_as_they_come_are_given_at_once(clock: Clock) -> None:
    film = make(Film(clock, length=None, rate=None))
    assert numbers(film, 3) == [0, 1, 2]
    assert clock.now == 1000


def test_a_film_ends_or_begins_again_as_it_is_set(clock: Clock) -> None:
    film = make(Film(clock, length=2))
    assert numbers(film, 4) == [0, 1, None, None]
    film.loop = True
    assert numbers(film, 5) == [0, 1, 0, 1, 0]


@pytest.mark.parametrize("length", [1, 2])
def test_a_loop_keeps_the_pace_through_its_end(clock: Clock, length: int) -> None:
    film = make(Film(clock, length=length), loop=True)
    played = [film.next() for _ in range(5)]
    stamps = [each.timestamp for each in played if each]
    assert np.diff(stamps) == pytest.approx([0.1] * 4)


def test_a_video_in_a_loop_shows_its_last_frame_as_long_as_it_says(
    clock: Clock, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 8, 4, "bgr0"
        for number in range(3):
            for packet in stream.encode(av.VideoFrame.from_ndarray(IMAGE)):
                packet.pts = packet.dts = number * 100
                packet.time_base, packet.duration = Fraction(1, 1000), (100, 100, 700)[number]
                container.mux(packet)
    film = make(VideoFile(path), clock=clock, loop=True)
    played = [film.next() for _ in range(5)]
    stamps = [each.timestamp for each in played if each]
    assert np.diff(stamps) == pytest.approx([0.1, 0.1, 0.7, 0.1])
    film.close()


def test_an_iterator_that_ended_does_not_begin_again() -> None:
    film = Player(ImageIterator(iter([IMAGE, IMAGE])), size=(640, 480), loop=True)
    assert numbers(film, 3) == [0, 1, None]
    film.close()


def test_what_is_sought_is_shown_at_once_and_played_on_from_there(clock: Clock) -> None:
    film = make(Film(clock))
    numbers(film, 3)
    assert film.show(30).frame.index == 30
    assert film.show(7).frame.index == 7
    assert clock.now == pytest.approx(1000.2)
    assert numbers(film, 2) == [8, 9]
    begun = film.next(begin_at=0)
    assert begun
    assert begun.frame.index == 0


def test_a_picture_that_is_not_there_is_refused_in_words(clock: Clock) -> None:
    with pytest.raises(SourceError, match="no picture number 50"):
        make(Film(clock)).show(50)


def test_larger_pictures_are_scaled_down_and_smaller_ones_are_left_as_they_are(
    clock: Clock,
) -> None:
    small = make(Film(clock), size=(4, 4)).next()
    assert small
    assert small.image.shape == (2, 4, 3)
    assert small.frame.image.shape == (4, 8, 3)
    same = make(Film(clock)).next()
    assert same
    assert same.image is same.frame.image


def test_of_a_recording_every_picture_is_shown_as_it_was(clock: Clock) -> None:
    film = make(Film(clock, known=True), size=(4, 4))
    first = film.next()
    assert first
    assert first.image.shape == (4, 8, 3)
    clock.now += 0.45
    assert numbers(film, 3) == [1, 2, 3]


def test_closing_it_wakes_whoever_waits_and_closes_the_source() -> None:
    film = Film(Clock())
    film.rate = 0.001
    playing = Player(film, size=(640, 480), loop=False)
    playing.next()
    # The second frame is due in a thousand seconds.
    film.read = lambda: SourceFrame(IMAGE, 1, 1000.0)  # type: ignore[method-assign]
    given: list[object] = []
    waiting = threading.Thread(target=lambda: given.append(playing.next()))
    waiting.start()
    playing.close()
    waiting.join(10)
    assert given == [None]
    assert film.closed == 1
