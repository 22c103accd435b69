"""Finding the newest frame that several streams have finished, each at its own pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets.streaming import SameFrames, same_frames
from tests.panels import HandPanel, made
from tests.poses import HandStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets import Result
    from bodyseg_widgets.streaming import SameFrame
    from bodyseg_widgets.streaming.feed import ResultCallback


class Clock:
    """A clock that a test controls."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(same_frames, "time", clock)
    return clock


@pytest.fixture
def panels() -> list[HandPanel]:
    return [HandPanel("fast"), HandPanel("slow"), HandPanel("slowest")]


@pytest.fixture
def frames(panels: list[HandPanel], clock: Clock) -> Iterator[SameFrames]:
    del clock
    frames = SameFrames({panel.name: panel.stream for panel in panels})
    yield frames
    frames.close()


def number(frame: SameFrame | None) -> int | None:
    return None if frame is None else frame.id


def test_before_any_frame_there_is_none(frames: SameFrames) -> None:
    assert frames.newest() is None
    assert frames.newest_of("fast") is None


def test_it_is_the_newest_that_all_have_finished(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    fast, slow, slowest = panels
    for each in range(1, 10):
        fast.put(each, each)
    slow.put(3, 30)
    slow.put(8, 80)
    slowest.put(3, 33)
    newest = frames.newest()
    assert newest is not None
    assert (newest.id, newest.timestamp, newest.live) == (3, 3.0, True)
    levels = {name: int(result.levels[0, 0]) for name, result in newest.results.items()}
    assert levels == {"fast": 3, "slow": 30, "slowest": 33}


def test_two_of_them_may_have_a_newer_one(frames: SameFrames, panels: list[HandPanel]) -> None:
    for panel in panels:
        panel.put(3)
    for panel in panels[:2]:
        panel.put(8)
    assert number(frames.newest()) == 3
    assert number(frames.newest(("fast", "slow"))) == 8
    assert number(frames.newest_of("fast")) == 8


def test_a_frame_that_was_finished_too_long_ago_does_not_count(
    frames: SameFrames, panels: list[HandPanel], clock: Clock
) -> None:
    for panel in panels:
        panel.put(1)
    clock.now += same_frames.COMMON_FRAME_SECONDS + 0.1
    assert number(frames.newest()) == 1, "nothing newer came, so it is still what is seen"
    panels[0].put(2)
    assert frames.newest() is None


def test_a_frame_that_is_shown_while_paused_counts_alone(
    frames: SameFrames, panels: list[HandPanel], clock: Clock
) -> None:
    for each in (1, 2, 3):
        for panel in panels:
            panel.put(each)
    clock.now += 60
    panels[0].put(2, 77, live=False)
    newest = frames.newest()
    assert newest is not None
    assert (newest.id, newest.live) == (2, False)
    assert int(newest.results["fast"].levels[0, 0]) == 77, "the newest result of a frame counts"
    panels[0].put(9, live=False)
    assert frames.newest() is None, "no one else has finished the one that is shown now"


def test_a_paused_frame_is_settled_once_all_have_finished_it(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    fast, slow, never = panels
    del never
    fast.put(1)
    slow.put(1)
    assert frames.is_settled()
    fast.put(5, live=False)
    assert not frames.is_settled()
    slow.put(5, live=False)
    assert frames.is_settled(), "a stream that never gave anything is not waited for"


def test_a_video_that_begins_again_uses_the_numbers_again(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    for lap in (0, 10):
        for each in (1, 2, 3):
            for panel in panels:
                panel.put(each, each + lap, taken=float(each + lap))
    newest = frames.newest()
    assert newest is not None
    assert (newest.id, newest.timestamp) == (3, 13.0)
    assert int(newest.results["slow"].levels[0, 0]) == 13


def test_frames_of_two_pages_with_one_number_are_two_frames(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    fast, slow, _ = panels
    fast.put(5, taken=1.0)
    slow.put(5, taken=2.0)
    assert frames.newest(("fast", "slow")) is None


def test_pictures_of_two_sizes_are_two_frames(frames: SameFrames, panels: list[HandPanel]) -> None:
    fast, slow, _ = panels
    fast.put(5, size=(4, 4))
    slow.put(5, size=(8, 8), live=False)
    assert frames.newest(("fast", "slow")) is None


def test_streams_come_go_and_are_renamed_while_they_run(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    fast, slow, slowest = panels
    for panel in panels:
        panel.put(1)
    fresh = HandPanel("fresh")
    frames.streams = {"renamed": fast.stream, "fresh": fresh.stream, "slow": slow.stream}
    assert slowest.stream.callbacks == []
    assert [len(panel.stream.callbacks) for panel in (fast, slow, fresh)] == [1, 1, 1]
    assert number(frames.newest(("renamed", "slow"))) == 1
    assert frames.newest() is None
    fresh.put(1)
    assert number(frames.newest()) == 1
    assert frames.newest(("fast", "slow")) is None, "no stream has this name any longer"


def test_what_a_paused_stream_gave_last_is_taken_over(clock: Clock) -> None:
    class Paused(HandStream):
        latest: Result = made(7, 70, live=False)

    class Stopped(HandStream):
        latest: Result = made(6, 60)

    frames = SameFrames({"a": Paused(), "b": Paused()})
    frames.streams = {**frames.streams, "c": Stopped()}
    assert number(frames.newest(("a", "b"))) == 7
    assert number(frames.newest_of("c")) == 6
    clock.now += 1
    frames.close()


def test_no_more_is_kept_than_slow_models_need(frames: SameFrames, panels: list[HandPanel]) -> None:
    for each in range(1000):
        panels[0].put(each)
    kept = frames._tracks["fast"].finished
    assert len(kept) == same_frames._KEPT
    assert [*kept][-1] == 999


def test_all_results_are_handed_on_until_one_unsubscribes(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    seen: list[int] = []
    unsubscribe = frames.on_result(lambda result: seen.append(result.frame.id))
    for each, panel in enumerate(panels):
        panel.put(each)
    unsubscribe()
    unsubscribe()
    panels[0].put(9)
    assert seen == [0, 1, 2]


def test_a_callback_that_raises_is_logged_and_the_stream_and_the_others_go_on(
    frames: SameFrames, panels: list[HandPanel], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def broken(_: Result) -> None:
        raise ZeroDivisionError

    frames.on_result(broken)
    frames.on_result(lambda result: seen.append(result.frame.id))
    panels[0].put(4)
    assert seen == [4]
    assert "on_result callback" in caplog.text
    assert "broken" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_closed_it_follows_nothing_and_says_nothing(
    frames: SameFrames, panels: list[HandPanel]
) -> None:
    panels[0].put(1)
    frames.close()
    frames.close()
    assert all(panel.stream.callbacks == [] for panel in panels)
    assert frames.newest() is None


def test_a_stream_that_is_replaced_while_it_is_subscribed_to_is_left_again() -> None:
    frames = SameFrames()

    class Slow(HandStream):
        def on_result(self, callback: ResultCallback) -> Callable[[], None]:
            frames.streams = {}
            return super().on_result(callback)

    stream = Slow()
    frames.streams = {"slow": stream}
    assert not stream.callbacks
    frames.close()
