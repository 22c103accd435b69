"""Downloads a file of which size and hash are known, on request only."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING

from bodyseg_widgets.downloads.contents import Patience, check_room, received, unpacked
from bodyseg_widgets.downloads.failure import DownloadError, NotResumedError, saving
from bodyseg_widgets.files import begun_part_of
from bodyseg_widgets.in_page import check_threads_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.downloads.connection import Address
    from bodyseg_widgets.files import PartFile

__all__ = ["fetch_known"]


def fetch_known(
    url: str,
    target: Path,
    *,
    size: int,
    sha256: str,
    progress: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Download a file of which size and hash are known.

    What has come when a download is interrupted stays in the folder, hidden, and the next one goes
    on from there. `target` is the whole file or not there.

    Parameters
    ----------
    url : str
        As for `fetch`.
    target : Path
        The file to write; its folder is created if necessary. An existing file is replaced.
    size : int
        Its size in bytes. No more is downloaded.
    sha256 : str
        Its SHA-256, as 64 hexadecimal digits.
    progress : callable
        Called with the bytes that are there, those of earlier downloads included.
    cancelled : callable
        As for `fetch`.

    Raises
    ------
    DownloadError
        It failed as `fetch` does, has another size or hash, another program downloads it at this
        moment, or the disk is full; the message says which.
    """
    check_threads_for("A download")
    # Python that runs in a page may lack ssl.
    from bodyseg_widgets.downloads.connection import Address  # noqa: PLC0415

    address = Address.of(url)
    with saving(address.shown, target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with begun_part_of(target) as part:
                try:
                    _Download(address, part, size, progress, cancelled).complete()
                    _check_hash(part, sha256, address.shown)
                    part.place(overwrite=True)
                except OSError:
                    # On a full disk, what has come takes the last space.
                    part.forget()
                    raise
        except BlockingIOError as error:
            raise DownloadError(
                f"Another program is downloading {address.shown!r} at this moment.",
                "Wait until it has, and try again.",
            ) from error


class _Download:
    """A download into a part file."""

    def __init__(
        self,
        address: Address,
        part: PartFile,
        size: int,
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self._address = address
        self._part = part
        self._size = size
        self._progress = progress
        self._cancelled = cancelled

    def complete(self) -> None:
        """Download what is missing, or all of it if the server does not go on there."""
        there = self._part.path.stat().st_size
        if there == self._size:
            return
        try:
            self._receive(there if there < self._size else 0)
        except NotResumedError:
            self._receive(0)

    def _receive(self, there: int) -> None:
        shown = self._address.shown
        from bodyseg_widgets.downloads.connection import Connection  # noqa: PLC0415 - as above

        with closing(Connection(self._address, start=there)) as connection:
            waiting = Patience(shown, self._cancelled)
            waiting.await_answer(connection)
            with self._part.path.open("r+b") as file:
                file.seek(connection.start)
                file.truncate()
                check_room(self._size - connection.start, self._part.path.parent, shown)
                for chunk in unpacked(received(connection, waiting), connection, shown):
                    if file.tell() + len(chunk) > self._size:
                        self._part.forget()
                        raise DownloadError(
                            f"{shown!r} has more than the {self._size} bytes that are known of it, "
                            "and nothing of it was kept."
                        )
                    file.write(chunk)
                    self._progress(file.tell())
                if file.tell() < self._size:
                    raise DownloadError(
                        f"{shown!r} ended after {file.tell()} of {self._size} bytes.", "Try again."
                    )


def _check_hash(part: PartFile, sha256: str, shown: str) -> None:
    with part.path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        part.forget()
        raise DownloadError(
            f"What was downloaded from {shown!r} differs from what is known of it (SHA-256 "
            f"{found[:12]}…, expected {sha256[:12]}…), and nothing of it was kept. Does a proxy "
            "change downloads here?"
        )
