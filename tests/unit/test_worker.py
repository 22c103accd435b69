"""The thread that works on the newest item and drops older ones."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from bodyseg_widgets.streaming import LatestWorker
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Recorder:
    """Work that can be blocked, and records what was done and skipped."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.skipped: list[int] = []
        self.at_work = threading.Event()
        self.go_on = threading.Event()
        self.worker = LatestWorker(self._work, on_skipped=self._skip, name="test-worker")
        self.on_skipped: Callable[[], None] = lambda: None

    def _work(self, item: int) -> None:
        self.at_work.set()
        assert self.go_on.wait(5)
        self.done.append(item)

    def _skip(self, item: int) -> None:
        self.skipped.append(item)
        self.on_skipped()


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "test-worker"]


def test_items_that_waited_are_replaced_by_the_newest() -> None:
    recorder = Recorder()
    recorder.worker.offer(1)
    assert recorder.at_work.wait(5)
    for item in (2, 3, 4):
        recorder.worker.offer(item)
    assert recorder.skipped == [2, 3]
    recorder.go_on.set()
    recorder.worker.offer(5)
    recorder.worker.close()
    assert recorder.done[0] == 1
    assert sorted(recorder.done + recorder.skipped) == [1, 2, 3, 4, 5]


def test_no_thread_before_the_first_item_and_none_after_close() -> None:
    recorder = Recorder()
    assert _threads() == []
    recorder.go_on.set()
    recorder.worker.offer(1)
    assert _threads() == ["test-worker"]
    recorder.worker.close()
    assert _threads() == []


def test_an_item_offered_after_close_is_skipped() -> None:
    recorder = Recorder()
    recorder.worker.close()
    recorder.worker.offer(7)
    assert recorder.skipped == [7]
    assert _threads() == []


def test_an_item_left_over_at_close_is_skipped() -> None:
    recorder = Recorder()
    recorder.worker.offer(1)
    assert recorder.at_work.wait(5)
    recorder.worker.offer(2)
    recorder.on_skipped = recorder.go_on.set
    recorder.worker.close()
    assert (recorder.done, recorder.skipped) == ([1], [2])


def test_work_may_close_its_own_worker() -> None:
    closed = threading.Event()

    def close_it(_: int) -> None:
        worker.close()
        closed.set()

    worker = LatestWorker(close_it, on_skipped=lambda _: None, name="test-worker")
    worker.offer(1)
    assert closed.wait(5)


def test_an_item_that_raises_is_logged_and_the_next_is_worked_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = threading.Semaphore(0)
    seen: list[int] = []

    def work(item: int) -> None:
        seen.append(item)
        done.release()
        if item == 1:
            raise ZeroDivisionError

    worker = LatestWorker(work, on_skipped=lambda _: None, name="test-worker")
    for item in (1, 2):
        worker.offer(item)
        assert done.acquire(timeout=5)
    worker.close()
    assert seen == [1, 2]
    assert "ZeroDivisionError" in caplog.text


def test_a_thread_that_was_idle_has_put_its_things_away_and_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done, idle = queue.Queue[int](), queue.Queue[str]()

    def put_away() -> None:
        idle.put("idle")
        if idle.qsize() == 1:
            raise ValueError("No room")

    worker = LatestWorker(
        done.put, on_skipped=done.put, name="test-worker", on_idle=put_away, idle=0.05
    )
    for item in range(3):
        worker.offer(item)
        assert done.get(timeout=5) == item
        end = time.monotonic() + 5
        while _threads():
            assert time.monotonic() < end
            time.sleep(0.01)
    assert idle.qsize() == 3
    assert "failed to put its things away" in caplog.text
    worker.close()


def test_a_thread_with_nothing_to_put_away_rests_too() -> None:
    done = queue.Queue[int]()
    worker = LatestWorker(done.put, on_skipped=done.put, name="test-worker", idle=0.05)
    for item in range(2):
        worker.offer(item)
        assert done.get(timeout=5) == item
        wait_until(lambda: not _threads())
    worker.close()
