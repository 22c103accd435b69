"""Notifying callbacks, from any thread."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from bodyseg_widgets.listeners import Listeners, log_errors


def test_all_are_told_in_the_order_in_which_they_were_added() -> None:
    listeners, heard = Listeners[[int]](), []
    listeners.add(lambda number: heard.append(("first", number)))
    listeners.add(lambda number: heard.append(("second", number)))
    listeners.notify(3)
    assert heard == [("first", 3), ("second", 3)]


def test_unsubscribing_twice_ends_one_subscription_of_a_callback_that_has_two() -> None:
    listeners, heard = Listeners[[int]](), []
    unsubscribe = listeners.add(heard.append)
    listeners.add(heard.append)
    unsubscribe()
    unsubscribe()
    listeners.notify(1)
    assert heard == [1]


def test_a_callback_may_unsubscribe_itself_and_add_another() -> None:
    listeners, heard = Listeners[[]](), []

    def once() -> None:
        unsubscribe()
        listeners.add(lambda: heard.append("another"))

    unsubscribe = listeners.add(once)
    listeners.notify()
    listeners.notify()
    assert heard == ["another"]
    assert len(listeners) == 1


def test_what_a_callback_raises_is_raised_after_the_others_were_called() -> None:
    listeners, heard = Listeners[[int]](), []
    listeners.add(lambda number: 1 // number)
    listeners.add(heard.append)
    with pytest.raises(ZeroDivisionError):
        listeners.notify(0)
    assert heard == [0]


def test_what_several_callbacks_raise_is_raised_together() -> None:
    listeners = Listeners[[int]]()
    listeners.add(lambda number: 1 // number)
    listeners.add(lambda number: [][number])
    with pytest.raises(BaseExceptionGroup) as caught:
        listeners.notify(0)
    assert [type(each) for each in caught.value.exceptions] == [ZeroDivisionError, IndexError]


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, asyncio.CancelledError])
def test_with_on_error_nothing_is_raised(error: type[BaseException]) -> None:
    reported: list[object] = []
    listeners = Listeners[[]](lambda callback, error: reported.extend([callback, type(error)]))

    def broken() -> None:
        raise error

    listeners.add(broken)
    listeners.notify()
    assert reported == [broken, error]


def test_errors_can_be_logged_with_their_traceback(caplog: pytest.LogCaptureFixture) -> None:
    listeners = Listeners[[int]](log_errors(logging.getLogger("here"), "on_thing"))
    listeners.add(lambda number: 1 // number)
    listeners.notify(0)
    (record,) = caplog.records
    assert record.name == "here"
    assert "on_thing callback" in record.message
    assert "ZeroDivisionError" in caplog.text


def test_cleared_there_is_no_one_to_tell() -> None:
    listeners, heard = Listeners[[int]](), []
    unsubscribe = listeners.add(heard.append)
    listeners.clear()
    listeners.notify(1)
    unsubscribe()
    assert (heard, listeners.callbacks) == ([], ())


def test_threads_may_add_unsubscribe_and_notify_at_once() -> None:
    listeners, counts = Listeners[[]](), [0] * 4
    at_once = threading.Barrier(4)

    def work(index: int) -> None:
        def count() -> None:
            if threading.current_thread() is thread:
                counts[index] += 1

        thread = threading.current_thread()
        at_once.wait()
        for _ in range(300):
            unsubscribe = listeners.add(count)
            listeners.notify()
            unsubscribe()

    threads = [threading.Thread(target=work, args=[index]) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [300] * 4
    assert len(listeners) == 0
