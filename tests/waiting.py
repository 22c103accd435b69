"""Waiting for what another thread does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10
"""How long a test waits at most."""


def wait_until(true: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Return as soon as this is true; fail if it is not within ten seconds, or so many."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
