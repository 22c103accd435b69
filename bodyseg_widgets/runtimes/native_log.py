"""Keep the log of native libraries off the screen, where it would be a red box in a notebook.

LiteRT, MediaPipe and TensorFlow write what they notice about the machine and the model to the
process's error stream, file descriptor 2, while they load: which delegate runs a network, which
metadata a model does not have. The first two cannot be told to be quiet: the functions that set
their log levels are not exported, and they read no environment variable. TensorFlow reads one, but
would then be quiet for the rest of the process, in which it may be the user's. So the error stream
is set aside meanwhile.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["without_native_log"]

_STDERR = 2

_NEWS_OF_NO_FAULT = re.compile(
    rb"""
    (?:INFO|WARNING):\ .*TensorFlow\ Lite      # LiteRT
    # LiteRT writes a line in three parts, between which a line of another thread may come.
    | Created\ TensorFlow\ Lite
    | (?:(?:INFO|WARNING):\ )?[IW]\d{4}\ \d\d:\d\d:  # MediaPipe, TensorFlow: level, day, time
    | $
    | To\ enable\ the\ following\ instructions:  # the second line of such a message
    | E\d{4}\ .*failed\ call\ to\ cuInit        # TensorFlow, on a machine without a GPU
    | WARNING:\ All\ log\ messages\ before\ absl::InitializeLog
    """,
    re.VERBOSE,
)


@dataclass
class _SetAside:
    """The error stream while it is set aside, and who wants it to be."""

    users: int = 0
    stderr: int | None = None
    spool: IO[bytes] | None = None


_lock = threading.Lock()
_set_aside = _SetAside()


@contextmanager
def without_native_log() -> Iterator[None]:
    r"""Drop what native libraries log of no fault, on all threads, until the end of the block.

    Everything else that is written to the process's error stream meanwhile, such as errors of these
    libraries and what other threads print, appears at the end of the block. Blocks may overlap. A
    process without an error stream has nothing to keep quiet, and where no temporary file can be
    written, everything appears at once. If a library ends the process within the block, its last
    words are lost.

    Examples
    --------
    >>> import os
    >>> from bodyseg_widgets.runtimes.native_log import without_native_log
    >>> with without_native_log():
    ...     _ = os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
    """
    with _lock:
        if _set_aside.users == 0:
            _begin()
        _set_aside.users += 1
    try:
        yield
    finally:
        with _lock:
            _set_aside.users -= 1
            if _set_aside.users == 0:
                _end()


def _begin() -> None:
    try:
        stderr = os.dup(_STDERR)
    except OSError:
        return  # a process without an error stream
    try:
        # A file rather than a pipe: it is never full, and never breaks for a child process.
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed in _end
    except OSError:
        os.close(stderr)
        return  # nowhere to keep the log, so it is seen
    _set_aside.stderr, _set_aside.spool = stderr, spool
    os.dup2(spool.fileno(), _STDERR)


def _end() -> None:
    stderr, spool = _set_aside.stderr, _set_aside.spool
    if stderr is None or spool is None:
        return
    _set_aside.stderr = _set_aside.spool = None
    os.dup2(stderr, _STDERR)
    os.close(stderr)
    with spool:
        spool.seek(0)
        rest = b"".join(line for line in spool if not _NEWS_OF_NO_FAULT.match(line))
    # No one may be reading any more, which is no reason for a model not to load.
    with suppress(OSError), os.fdopen(_STDERR, "wb", closefd=False) as error_stream:
        error_stream.write(rest)
