"""Downloads a video or image to a file, on request only."""

from __future__ import annotations

import re
import shutil
import time
import urllib.parse
import zlib
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import BodySegError, SourceError
from bodyseg_widgets.files import given_path, part_of, shortened, why_unwritten
from bodyseg_widgets.streaming.sources.connection import Address, Connection

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

ANSWER_SECONDS = 30.0
"""How long a server may take until its contents begin, redirects included."""

LONGEST_SECONDS = 3600.0
"""How long a download may take."""

MAX_BYTES = 4 * 2**30
"""Largest download."""

_SECONDS_BETWEEN_LOOKS = 0.1
_CHUNK = 2**20
_MAX_NAME = 120
_HTML = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_PACKED = ("gzip", "x-gzip", "deflate")
# With 32 added, zlib tells its own format from gzip's.
_EITHER_FORMAT = zlib.MAX_WBITS + 32
_LONGEST_NUMBER = 15


def fetch(
    url: str,
    folder: str | os.PathLike[str],
    *,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
) -> Path:
    """Download a URL into a folder.

    Parameters
    ----------
    url : str
        A URL that begins with ``http://`` or ``https://``. A name and password in it
        (``https://name:password@host/``) are sent to this server only, and are in no message.
    folder : str or os.PathLike
        Where to save the file, under its name in the URL; created if necessary. An existing file of
        the same name is kept, and the new one gets a number.
    progress : callable
        Called with the bytes received and the total, which is None if the server does not say.
    cancelled : callable
        Called at least for every chunk, and ten times a second; True cancels the download, whatever
        the server does.

    Returns
    -------
    Path
        The file, whole, and unpacked if the server had packed it.

    Raises
    ------
    SourceError
        The download failed, is a web page, was incomplete, was canceled, is larger than 4 GiB or
        than the disk's free space, took more than 30 seconds to begin or an hour in all, or the
        file cannot be written; the message says which, and nothing is left in the folder.

    Examples
    --------
    >>> from bodyseg_widgets.errors import SourceError
    >>> from bodyseg_widgets.streaming.sources import fetch
    >>> try:
    ...     fetch("ftp://host/clip.mp4", ".", progress=print, cancelled=lambda: False)
    ... except SourceError as error:
    ...     print(error)
    'ftp://host/clip.mp4' cannot be downloaded: expect a URL that begins with http:// or \
https://.
    """
    address = Address.of(url)
    target = given_path(folder) / _name(address.url)
    with Connection(address) as connection:
        waiting = _Patience(address.shown, cancelled)
        while not connection.wait(_SECONDS_BETWEEN_LOOKS):
            waiting.check(answered=False)
        total = _total(connection)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _check_room(total, target.parent, address.shown)
            with part_of(target) as part, part.path.open("wb") as file:
                received = _received(connection, waiting, total, progress)
                for chunk in _unpacked(received, connection, address.shown):
                    file.write(chunk)
                    if file.tell() > MAX_BYTES:
                        raise _too_large(address.shown)
                file.close()
                return part.place_beside()
        except OSError as error:
            # Errors of this package already say all.
            if isinstance(error, BodySegError):
                raise
            raise SourceError(
                f"{address.shown!r} could not be saved in {str(target.parent)!r}: "
                f"{why_unwritten(error)}."
            ) from error


class _Patience:
    """Ends a download that was canceled or takes too long."""

    def __init__(self, shown: str, cancelled: Callable[[], bool]) -> None:
        self.shown = shown
        self._cancelled = cancelled
        self._began = time.monotonic()

    def check(self, *, answered: bool) -> None:
        if self._cancelled():
            raise SourceError(f"The download of {self.shown!r} was canceled.")
        longest = LONGEST_SECONDS if answered else ANSWER_SECONDS
        if time.monotonic() - self._began > longest:
            what = "was not complete" if answered else "did not begin"
            raise SourceError(
                f"The download of {self.shown!r} {what} within {longest:g} seconds. Try again, or "
                "download it with the browser and choose the file."
            )


def _total(connection: Connection) -> int | None:
    length = connection.headers.get("Content-Length", "")
    # Python takes no numbers of any length; those that are longer are too large anyway.
    return int(length[:_LONGEST_NUMBER]) if length.isdecimal() else None


def _check_room(total: int | None, folder: Path, shown: str) -> None:
    if total is None:
        return
    if total > MAX_BYTES:
        raise _too_large(shown)
    free = shutil.disk_usage(folder).free
    if total > free:
        raise SourceError(
            f"{shown!r} has {total / 1e6:.0f} MB, but there are only {free / 1e6:.0f} MB free in "
            f"{str(folder)!r}. Free some space."
        )


def _too_large(shown: str) -> SourceError:
    return SourceError(
        f"{shown!r} has more than {MAX_BYTES / 2**30:g} GiB, and no more is downloaded. Download "
        "it with the browser and choose the file."
    )


def _received(
    connection: Connection,
    waiting: _Patience,
    total: int | None,
    progress: Callable[[int, int | None], None],
) -> Iterator[bytes]:
    """Yield the contents as they arrive."""
    done = 0
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
        raise SourceError(
            f"The connection to {waiting.shown!r} broke after {done} of {total} bytes. Try again."
        )


def _unpacked(received: Iterable[bytes], connection: Connection, shown: str) -> Iterator[bytes]:
    """Yield the contents as they were before the server packed them, if they are no web page."""
    if connection.headers.get_content_type() == "text/html":
        raise _is_a_page(shown)
    packing = connection.headers.get("Content-Encoding", "identity").strip().lower()
    if packing in _PACKED:
        received = _inflated(received, shown)
    elif packing not in {"identity", ""}:
        raise SourceError(
            f"The server sent {shown!r} packed in a way that is not known here. Download it with "
            "the browser and choose the file."
        )
    is_first = True
    for chunk in received:
        if is_first and _HTML.match(chunk):
            raise _is_a_page(shown)
        is_first = False
        yield chunk
    if is_first:
        raise SourceError(f"There is nothing at {shown!r}: the file has 0 bytes.")


def _inflated(received: Iterable[bytes], shown: str) -> Iterator[bytes]:
    """Unpack, in parts of limited size."""
    unpacker = zlib.decompressobj(_EITHER_FORMAT)
    try:
        for chunk in received:
            packed = chunk
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_EITHER_FORMAT)
                if unpacked := unpacker.decompress(packed, _CHUNK):
                    yield unpacked
                packed = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise SourceError(
            f"What the server sent for {shown!r} cannot be unpacked. Try again."
        ) from error
    if not unpacker.eof:
        raise SourceError(f"The connection to {shown!r} broke before its end. Try again.")


def _is_a_page(shown: str) -> SourceError:
    return SourceError(
        f"{shown!r} is a web page, not a video or image. Open it in the browser and look for the "
        "URL of the video itself, which often ends in .mp4 or .webm."
    )


def _name(url: str) -> str:
    last = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])
    # Characters that all file systems accept, and nothing that leaves the folder or hides the file.
    return shortened(re.sub(r"[^\w. ()+-]", "_", last).lstrip(". "), _MAX_NAME) or "download"
