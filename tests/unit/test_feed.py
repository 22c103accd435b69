"""How Python code gets results: latest, callbacks, async for."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import numpy as np
import pytest

from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
from bodyseg_widgets.streaming import ResultFeed


def _result(number: int) -> Result:
    probability = np.zeros((2, 3), np.float32)
    mask = Mask(probability, size=(2, 3), model_size=(2, 3))
    frame = Frame(number, np.zeros((2, 3, 3), np.uint8), 0.0)
    return Result(frame, Segmentation(mask), Timings())


@pytest.fixture
def errors() -> list[BaseException]:
    return []


@pytest.fixture
def feed(errors: list[BaseException]) -> ResultFeed:
    return ResultFeed(lambda _, error: errors.append(error))


def test_latest_is_none_before_the_first_result_and_after_close(feed: ResultFeed) -> None:
    assert feed.latest is None
    result = _result(1)
    feed.publish(result)
    assert feed.latest is result
    feed.close()
    assert feed.latest is None
    feed.publish(_result(2))
    assert feed.latest is None, "the model was still at work when it was closed"


def test_callbacks_are_called_until_they_unsubscribe(feed: ResultFeed) -> None:
    seen: list[int] = []
    unsubscribe = feed.on_result(lambda result: seen.append(result.frame.id))
    feed.publish(_result(1))
    unsubscribe()
    unsubscribe()
    feed.publish(_result(2))
    assert seen == [1]


def test_a_callback_runs_in_the_context_of_the_cell_that_gave_it(feed: ResultFeed) -> None:
    cell: ContextVar[str] = ContextVar("cell", default="none")
    ran_in: list[str] = []
    for name in ("first", "second"):
        cell.set(name)
        feed.on_result(lambda _: ran_in.append(cell.get()))
    cell.set("third")
    thread = threading.Thread(target=feed.publish, args=(_result(1),))
    thread.start()
    thread.join()
    assert ran_in == ["first", "second"]


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, asyncio.CancelledError])
def test_a_callback_that_raises_is_reported_and_the_others_go_on(
    feed: ResultFeed, errors: list[BaseException], error: type[BaseException]
) -> None:
    seen: list[int] = []

    def broken(_: Result) -> None:
        raise error

    feed.on_result(broken)
    feed.on_result(lambda result: seen.append(result.frame.id))
    feed.publish(_result(1))
    assert seen == [1]
    assert [type(each) for each in errors] == [error]


async def test_async_for_yields_results_published_on_another_thread(feed: ResultFeed) -> None:
    seen: list[int] = []

    async def collect() -> None:
        async for result in feed.results():
            seen.append(result.frame.id)
            if len(seen) == 3:
                return

    task = asyncio.create_task(collect())
    for number in range(3):
        await asyncio.sleep(0.01)
        thread = threading.Thread(target=feed.publish, args=[_result(number)])
        thread.start()
        thread.join()
    await asyncio.wait_for(task, 5)
    assert seen == [0, 1, 2]


async def test_a_slow_loop_body_gets_the_newest_result(feed: ResultFeed) -> None:
    results = feed.results()
    first = asyncio.ensure_future(anext(results))
    await asyncio.sleep(0)
    feed.publish(_result(1))
    assert (await first).frame.id == 1
    for number in (2, 3, 4):
        feed.publish(_result(number))
    assert (await anext(results)).frame.id == 4
    await results.aclose()


async def test_async_for_ends_when_the_feed_is_closed(feed: ResultFeed) -> None:
    async def collect() -> list[Result]:
        return [result async for result in feed.results()]

    task = asyncio.create_task(collect())
    await asyncio.sleep(0.01)
    feed.close()
    assert await asyncio.wait_for(task, 5) == []


def test_a_loop_that_was_closed_while_it_waited_does_not_stop_the_others(feed: ResultFeed) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    feed._waiters.append((loop, asyncio.Event()))
    seen: list[int] = []
    feed.on_result(lambda result: seen.append(result.frame.id))
    feed.publish(_result(1))
    assert seen == [1]
