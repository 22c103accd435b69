"""What a server sends, as it arrives: with patience, and unpacked."""

from __future__ import annotations

import re
import shutil
import time
import zlib
from typing import TYPE_CHECKING

from bodyseg_widgets.downloads.failure import DownloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bodyseg_widgets.downloads.connection import Connection

__all__ = ["Patience", "announced", "check_room", "received", "unpacked"]

ANSWER_SECONDS = 30.0
"""How long a server may take until its contents begin, redirects included."""

LONGEST_SECONDS = 3600.0
"""How long a download may take."""

_SECONDS_BETWEEN_LOOKS = 0.1
_CHUNK = 2**20
_HTML = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_PACKED = ("gzip", "x-gzip", "deflate")
# With 32 added, zlib tells its own format from gzip's.
_EITHER_FORMAT = zlib.MAX_WBITS + 32
_LONGEST_NUMBER = 15


class Patience:
    """Ends a download that was canceled or takes too long.

    Parameters
    ----------
    shown : str
        The URL, for messages.
    cancelled : callable
        Whether it is canceled.
    """

    def __init__(self, shown: str, cancelled: Callable[[], bool]) -> None:
        self.shown = shown
        self._cancelled = cancelled
        self._began = time.monotonic()

    def await_answer(self, connection: Connection) -> None:
        """Return when the headers are there.

        Raises
        ------
        DownloadError
            The server did not answer, or the download was canceled.
        """
        while not connection.wait(_SECONDS_BETWEEN_LOOKS):
            self.check(answered=False)

    def check(self, *, answered: bool) -> None:
        """Raise an error if the download was canceled or takes too long."""
        if self._cancelled():
            raise DownloadError(f"The download of {self.shown!r} was canceled.")
        longest = LONGEST_SECONDS if answered else ANSWER_SECONDS
        if time.monotonic() - self._began > longest:
            what = "was not complete" if answered else "did not begin"
            raise DownloadError(
                f"The download of {self.shown!r} {what} within {longest:g} seconds.",
                "Try again, or download it with the browser and choose the file.",
            )


def announced(connection: Connection) -> int | None:
    """Return how many bytes the server is about to send, if it says so."""
    length = connection.headers.get("Content-Length", "")
    # Python takes no numbers of any length; those that are longer are too large anyway.
    return int(length[:_LONGEST_NUMBER]) if length.isdecimal() else None


def check_room(size: int, folder: Path, shown: str) -> None:
    """Raise an error if a folder's disk has fewer bytes free."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DownloadError(
            f"{shown!r} has {size / 1e6:.0f} MB, but there are only {free / 1e6:.0f} MB free in "
            f"{str(folder)!r}.",
            "Free some space.",
        )


def received(
    connection: Connection,
    waiting: Patience,
    progress: Callable[[int, int | None], None] = lambda *_: None,
) -> Iterator[bytes]:
    """Yield the contents as they arrive."""
    done, total = 0, announced(connection)
    while True:
        waiting.check(answered=True)
        chunk = connection.read(_SECONDS_BETWEEN_LOOKS)
        if chunk is None:
            continue
        if not chunk:
            break
        done += len(chunk)
        yield chunk
        progress(done, total)
    if total is not None and done < total:
        raise DownloadError(
            f"The connection to {waiting.shown!r} broke after {done} of {total} bytes.",
            "Try again.",
        )


def unpacked(chunks: Iterable[bytes], connection: Connection, shown: str) -> Iterator[bytes]:
    """Yield the contents as they were before the server packed them, if they are no web page."""
    if connection.headers.get_content_type() == "text/html":
        raise _is_a_page(shown)
    packing = connection.packing
    if packing in _PACKED:
        chunks = _inflated(chunks, shown)
    elif packing:
        raise DownloadError(
            f"The server sent {shown!r} packed in a way that is not known here.",
            "Download it with the browser and choose the file.",
        )
    is_first = True
    for chunk in chunks:
        if is_first and _HTML.match(chunk):
            raise _is_a_page(shown)
        is_first = False
        yield chunk
    if is_first:
        raise DownloadError(f"There is nothing at {shown!r}: the file has 0 bytes.")


def _inflated(chunks: Iterable[bytes], shown: str) -> Iterator[bytes]:
    """Unpack, in parts of limited size."""
    unpacker = zlib.decompressobj(_EITHER_FORMAT)
    try:
        for chunk in chunks:
            packed = chunk
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_EITHER_FORMAT)
                if part := unpacker.decompress(packed, _CHUNK):
                    yield part
                packed = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise DownloadError(
            f"What the server sent for {shown!r} cannot be unpacked.", "Try again."
        ) from error
    if not unpacker.eof:
        raise DownloadError(f"The connection to {shown!r} broke before its end.", "Try again.")


def _is_a_page(shown: str) -> DownloadError:
    return DownloadError(
        f"{shown!r} is a web page, not the file itself.",
        "Open it in the browser and look for the URL of the video or image, which often ends in "
        ".mp4 or .webm.",
    )
