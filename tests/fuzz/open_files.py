"""Whether a door that refused its input has closed what it opened."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN = Path("/proc/self/fd")


@contextmanager
def none_left_open() -> Iterator[None]:
    """Fail if files that the context opened are still open at its end, on systems that tell."""
    before = _open_files()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    assert _open_files() <= before, "files were left open"


def _open_files() -> set[str]:
    if not _OPEN.is_dir():
        return set()
    # The folder itself is open while it is read.
    return {each.name for each in _OPEN.iterdir() if each.exists()}
