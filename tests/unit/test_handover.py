"""Handing work to other threads, a few items ahead or behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets.streaming.offline.handover import (
    CancelledError,
    Handover,
    read_ahead,
    write_behind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


def _one(_: object) -> int:
    return 1


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == "worker"]


def test_what_was_given_before_an_error_is_still_taken() -> None:
    handover: Handover[int] = Handover(room=3, size=_one)
    handover.give(1)
    handover.end(KeyError("gone"))
    items = iter(handover)
    assert next(items) == 1
    with pytest.raises(KeyError, match="gone"):
        next(items)


def test_whoever_waits_for_room_goes_on_when_no_one_takes_any_more() -> None:
    handover: Handover[int] = Handover(room=1, size=_one)
    handover.give(1)
    answers: list[bool] = []
    giver = threading.Thread(target=lambda: answers.append(handover.give(2)))
    giver.start()
    handover.cancel()
    giver.join()
    assert answers == [False]
    with pytest.raises(CancelledError):
        next(iter(handover))


def test_the_producer_of_an_item_larger_than_the_room_waits_until_it_is_taken() -> None:
    handover: Handover[bytes] = Handover(room=10, size=len)
    given: list[int] = []

    def give() -> None:
        for size in (100, 1, 100):
            assert handover.give(bytes(size))
            given.append(size)
        handover.end()

    giver = threading.Thread(target=give)
    giver.start()
    items = iter(handover)
    assert given == []
    assert len(next(items)) == 100
    assert len(next(items)) == 1
    assert given[:1] == [100]
    assert [len(each) for each in items] == [100]
    giver.join()
    assert given == [100, 1, 100]


def test_no_more_is_read_ahead_than_there_is_room_for() -> None:
    made: list[int] = []
    full = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            if number == 3:
                full.set()
            yield number

    with read_ahead(numbers(), room=2, size=_one, name="worker") as ahead:
        assert next(ahead) == 0
        # One more than fits: it is produced, and waits for room.
        assert full.wait(5)
        assert not threading.Event().wait(0.05)
        assert made == [0, 1, 2, 3]
    assert threads() == []


def test_an_error_while_reading_ahead_comes_where_the_item_would_have() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise KeyError("gone")

    with (
        pytest.raises(KeyError, match="gone"),
        read_ahead(numbers(), room=2, size=_one, name="worker") as ahead,
    ):
        assert list(ahead) == []
    assert threads() == []


def test_all_is_written_before_the_context_is_left() -> None:
    written: list[int] = []
    with write_behind(written.extend, room=1, size=_one, name="worker") as give:
        assert all(give(number) for number in range(10))
    assert written == list(range(10))
    assert threads() == []


def test_an_error_while_writing_stops_giving_and_is_raised_at_the_end() -> None:
    def write(items: Handover[int]) -> None:
        next(iter(items))
        raise OSError("full")

    given: list[int] = []

    def give_all() -> None:
        with write_behind(write, room=1, size=_one, name="worker") as give:
            while give(1):
                given.append(1)

    with pytest.raises(OSError, match="full"):
        give_all()
    assert len(given) <= 3
    assert threads() == []


def test_an_error_of_the_giver_cancels_the_writing() -> None:
    ended: list[type[BaseException]] = []

    def write(items: Handover[int]) -> None:
        try:
            list(items)
        except CancelledError as error:
            ended.append(type(error))
            raise

    def fail() -> None:
        with write_behind(write, room=1, size=_one, name="worker") as give:
            give(1)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()
    assert ended == [CancelledError]
    assert threads() == []


@pytest.mark.parametrize("has_begun", [True, False], ids=["it runs", "it never runs"])
@pytest.mark.parametrize("which", ["read", "write"])
def test_an_interrupt_while_a_thread_starts_leaves_none_behind(
    monkeypatch: pytest.MonkeyPatch,
    which: str,
    has_begun: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if has_begun:
            start(thread)
        raise KeyboardInterrupt

    def begin() -> AbstractContextManager[object]:
        if which == "read":
            return read_ahead(iter(range(100)), room=1, size=lambda _: 1, name="bodyseg-test")
        return write_behind(list, room=1, size=lambda _: 1, name="bodyseg-test")

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), begin():
        pass
    assert not any(each.name == "bodyseg-test" for each in threading.enumerate())
