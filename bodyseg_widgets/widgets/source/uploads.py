"""Files that a page uploads to the kernel, in chunks."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.files import shortened

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedWriter

    from bodyseg_widgets.widgets.transport.messages import Buffers, StoredMessage, UploadMessage


class Uploads:
    """Keeps the last uploaded file, in a temporary folder that is removed with this object.

    Chunks arrive in order, each sent after the previous one is stored: a page never has more than
    one in flight. A page whose link was just opened or cut sends the last ones again, the other
    way, and they may come late. Thread-safe.

    Parameters
    ----------
    limit : callable
        Returns how many bytes a file may have.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._closed = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._file: BufferedWriter | None = None
        # The page, and its number of the upload.
        self._upload: tuple[str, int] | None = None
        # How many bytes of it have come: a file with a hole in it is none.
        self._stored = 0

    def add(self, message: UploadMessage, buffers: Buffers) -> StoredMessage:
        """Store a chunk, and return the answer for the page."""
        page, upload = message["page"], message["upload"]
        answer: StoredMessage = {"kind": "stored", "page": page, "upload": upload}
        with self._lock:
            if self._closed:
                return {**answer, "message": "This source was closed. Run its cell again."}
            limit = self._limit()
            if message["size"] <= limit:
                return self._store(message, buffers, answer)
            self._remove()
        reason = (
            f"The file has {message['size'] / 1e6:.0f} MB, more than the {limit / 1e6:.0f} MB that "
            "this source takes. Choose a smaller one, or set its upload_limit in Python."
        )
        return {**answer, "message": reason}

    @property
    def path(self) -> str:
        """The path of the file uploaded last; empty if there is none."""
        with self._lock:
            return "" if self._file is None else self._file.name

    def close(self) -> None:
        """Remove the uploaded file, and refuse further ones."""
        with self._lock:
            self._closed = True
            self._remove()

    def _store(
        self, message: UploadMessage, buffers: Buffers, answer: StoredMessage
    ) -> StoredMessage:
        page, upload = message["page"], message["upload"]
        try:
            if message["offset"] == 0 and not self._is_known(page, upload):
                self._begin((page, upload), message["name"])
            if self._upload != (page, upload) or self._file is None:
                # Another file has replaced it in the meantime.
                return {**answer, "message": "Another file was chosen in the meantime."}
            if self._file.closed:
                return {**answer, "done": message["size"], "path": self._file.name}
            if not 0 <= message["offset"] <= self._stored:
                self._remove()
                return {**answer, "message": "A part of the file is missing. Choose it again."}
            self._file.seek(message["offset"])
            self._file.write(buffers[0])
            # Written now, so that a full disk is reported with this chunk.
            self._file.flush()
            done = self._file.tell()
            self._stored = max(self._stored, done)
            if done >= message["size"]:
                self._file.close()
                return {**answer, "done": done, "path": self._file.name}
        # ValueError: a name with a NUL in it.
        except (OSError, ValueError) as error:
            self._remove()
            reason = f"The file could not be stored on the kernel's computer ({error})."
            return {**answer, "message": reason}
        return {**answer, "done": done}

    def _is_known(self, page: str, upload: int) -> bool:
        """Whether it is the current upload, or one before it."""
        return self._upload is not None and self._upload[0] == page and upload <= self._upload[1]

    def _remove(self) -> None:
        if self._file is not None:
            # Write errors have already been reported.
            with contextlib.suppress(OSError):
                self._file.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._folder, self._file, self._upload, self._stored = None, None, None, 0

    def _begin(self, upload: tuple[str, int], name: str) -> None:
        self._remove()
        self._folder = tempfile.TemporaryDirectory(prefix="bodyseg-")
        # Only the last part of the page's name for it: a name must not lead out of the folder.
        safe = shortened(Path(name.replace("\\", "/")).name) or "upload"
        self._file = (Path(self._folder.name) / safe).open("wb")
        self._upload = upload
