"""How many threads a network runs on."""

from __future__ import annotations

import os

from bodyseg_widgets.errors import InvalidOptionError

__all__ = ["DEFAULT_THREADS", "checked_threads"]

DEFAULT_THREADS = min(2, os.cpu_count() or 1)
"""Measured with benchmarks/selfie.py: a second thread saves a quarter of the time of a selfie
frame."""


def checked_threads(num_threads: object) -> int:
    """Return how many threads were asked for, the default for None.

    Raises
    ------
    InvalidOptionError
        `num_threads` is not an integer of at least 1.

    Examples
    --------
    >>> from bodyseg_widgets.runtimes.threads import checked_threads
    >>> checked_threads(4)
    4
    """
    if num_threads is None:
        return DEFAULT_THREADS
    if type(num_threads) is not int or num_threads < 1:
        raise InvalidOptionError(
            f"Expect num_threads to be an integer of at least 1, or None for {DEFAULT_THREADS}, "
            f"but got {num_threads!r}."
        )
    return num_threads
