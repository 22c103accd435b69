"""Memory that was freed goes back to the system."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil

from bodyseg_widgets.streaming import freed_memory
from bodyseg_widgets.streaming.freed_memory import FreedMemory, give_memory_back

if TYPE_CHECKING:
    import pytest

MEBIBYTE = 2**20


def test_what_another_thread_has_freed_is_given_back() -> None:
    resident = psutil.Process().memory_info
    kept: list[bytes] = []

    def use() -> None:
        # Blocks of a size that the C library does not map one by one.
        blocks = [bytes(60_000) for _ in range(200 * MEBIBYTE // 60_000)]
        # What is in use at the end keeps all before it.
        kept.append(blocks[-1])

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    give_memory_back()
    before = resident().rss
    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    give_memory_back()
    assert resident().rss - before < 20 * MEBIBYTE


def test_however_often_it_is_asked_it_is_given_back_twice_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(freed_memory, "time", SimpleNamespace(monotonic=lambda: now[0]))
    given_back: list[float] = []
    monkeypatch.setattr(freed_memory, "give_memory_back", lambda: given_back.append(now[0]))
    freed = FreedMemory()
    for step in range(1, 121):
        now[0] = step
        freed.give_back_now_and_then()
    assert given_back == [30, 60, 90, 120]
