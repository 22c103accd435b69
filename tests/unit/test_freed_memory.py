"""Memory that was freed goes back to the system."""

from __future__ import annotations

import threading

import psutil

from bodyseg_widgets.streaming.freed_memory import give_memory_back

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
