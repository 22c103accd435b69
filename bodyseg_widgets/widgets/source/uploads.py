"""Files that a page sends to the kernel, piece by piece."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedWriter

    from bodyseg_widgets.widgets.transport.messages import Buffers, StoredMessage, UploadMessage


class Uploads:
    """Keeps the file that was sent last, in a temporary folder that goes with this object.

    The pieces come in order, each sent when the one before is stored: a page never has more than
    one on its way.
    """

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._file: BufferedWriter | None = None
        self._upload: object = None

    def add(self, message: UploadMessage, buffers: Buffers) -> StoredMessage:
        """Store a piece, and return the answer for the page."""
        page, upload = message["page"], message["upload"]
        answer: StoredMessage = {"kind": "stored", "page": page, "upload": upload}
        try:
            if message["offset"] == 0:
                self._begin((page, upload), message["name"])
            if self._upload != (page, upload) or self._file is None:
                # Another file has taken its place meanwhile.
                return {**answer, "message": "Another file was chosen in the meantime."}
            self._file.write(buffers[0])
            # Now, so that a full disk is told with this piece.
            self._file.flush()
            done = self._file.tell()
            if done >= message["size"]:
                self._file.close()
                return {**answer, "done": done, "path": self._file.name}
        # ValueError: a name with a NUL in it.
        except (OSError, ValueError) as error:
            self.close()
            reason = f"The file could not be stored on the kernel's computer ({error})."
            return {**answer, "message": reason}
        return {**answer, "done": done}

    def close(self) -> None:
        """Remove what was sent."""
        if self._file is not None:
            # What could not be written was told already.
            with contextlib.suppress(OSError):
                self._file.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._folder, self._file, self._upload = None, None, None

    def _begin(self, upload: object, name: str) -> None:
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="bodyseg-")
        # Only the last part of what the page calls it: a name is no way out of the folder.
        safe = Path(name.replace("\\", "/")).name or "upload"
        self._file = (Path(self._folder.name) / safe).open("wb")
        self._upload = upload
