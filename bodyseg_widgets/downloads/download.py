"""Downloads a video or image to a file, on request only."""

from __future__ import annotations

import re
import urllib.parse
from contextlib import closing
from typing import TYPE_CHECKING

from bodyseg_widgets.downloads.contents import (
    Patience,
    announced,
    check_room,
    received,
    unpacked,
)
from bodyseg_widgets.downloads.failure import DownloadError, saving
from bodyseg_widgets.files import given_path, part_of, shortened
from bodyseg_widgets.in_page import check_threads_for

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["fetch"]

MAX_BYTES = 4 * 2**30
"""Largest download."""

_MAX_NAME = 120


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
    check_threads_for("A download")
    # Python that runs in a page may lack ssl.
    from bodyseg_widgets.downloads.connection import Address, Connection  # noqa: PLC0415

    address = Address.of(url)
    target = given_path(folder) / _name(address.url)
    with closing(Connection(address)) as connection:
        waiting = Patience(address.shown, cancelled)
        waiting.await_answer(connection)
        total = announced(connection)
        if total is not None and total > MAX_BYTES:
            raise _too_large(address.shown)
        with saving(address.shown, target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            check_room(total or 0, target.parent, address.shown)
            with part_of(target) as part, part.path.open("wb") as file:
                chunks = received(connection, waiting, progress)
                for chunk in unpacked(chunks, connection, address.shown):
                    file.write(chunk)
                    if file.tell() > MAX_BYTES:
                        raise _too_large(address.shown)
                file.close()
                return part.place_beside()


def _too_large(shown: str) -> DownloadError:
    return DownloadError(
        f"{shown!r} has more than {MAX_BYTES / 2**30:g} GiB, and no more is downloaded.",
        "Download it with the browser and choose the file.",
    )


def _name(url: str) -> str:
    last = urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1])
    # Characters that all file systems accept, and nothing that leaves the folder or hides the file.
    return shortened(re.sub(r"[^\w. ()+-]", "_", last).lstrip(". "), _MAX_NAME) or "download"
