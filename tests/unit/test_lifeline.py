"""Distinguishing a closed page from a Python too busy to listen."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from bodyseg_widgets.widgets.transport.lifeline import Lifeline

if TYPE_CHECKING:
    import pytest


class _Waiting(threading.Thread):
    """Waits on a lifeline, and stores the result."""

    def __init__(self, lifeline: Lifeline) -> None:
        super().__init__()
        self.lifeline = lifeline
        self.ended: bool | None = None

    def run(self) -> None:
        self.ended = self.lifeline.wait()


def test_who_is_not_heard_is_gone() -> None:
    assert Lifeline(0.01).wait() is False


def test_without_a_loop_a_silence_counts_the_second_time_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lifeline = Lifeline(0.01)
    beginnings: list[None] = []
    begin_again = lifeline._begin_again
    monkeypatch.setattr(lifeline, "_begin_again", lambda: (beginnings.append(None), begin_again()))
    assert lifeline.wait() is False
    assert len(beginnings) == 1


def test_an_end_is_no_silence() -> None:
    lifeline = Lifeline(60)
    waiting = _Waiting(lifeline)
    waiting.start()
    lifeline.close()
    waiting.join()
    assert waiting.ended is True


async def test_a_page_is_not_gone_while_python_had_no_time_for_it() -> None:
    lifeline = Lifeline(0.01)
    waiting = _Waiting(lifeline)
    waiting.start()
    # Like a cell that messages wait for.
    time.sleep(0.2)  # noqa: ASYNC251
    assert waiting.is_alive()
    lifeline.close()
    await asyncio.to_thread(waiting.join)
    assert waiting.ended is True


async def test_a_page_is_gone_when_python_has_time_and_hears_nothing() -> None:
    waiting = _Waiting(Lifeline(0.01))
    waiting.start()
    await asyncio.to_thread(waiting.join)
    assert waiting.ended is False


def test_a_page_is_gone_when_the_loop_that_listened_is() -> None:
    async def hear() -> Lifeline:
        return Lifeline(0.01)

    assert asyncio.run(hear()).wait() is False
