"""Files on the kernel's computer, as links with which the page downloads them.

Their bytes come over the widget's own comm: a hub or Voila has no address for a file of the kernel,
or it has one that not everybody may open. The page asks for one part after the other, so nothing
queues. It names a file by an id that this widget gave it, never by its path.
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Final, TypedDict

import traitlets

from bodyseg_widgets.errors import reason
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import PageMessages
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport.messages import ReadMessage

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from bodyseg_widgets.widgets.transport.messages import (
        PartMessage,
        UnreadableMessage,
    )

FILE_PART_BYTES: Final = 1_000_000
"""How much of a file the page gets at a time, in bytes."""


class SavedFile(TypedDict):
    """A file that the page can download."""

    id: str
    """How the page names it."""
    name: str
    """Its name."""
    folder: str
    """Where it is, on the kernel's computer."""
    size: int
    """Its size in bytes."""


class SavedFiles(Widget):
    """Links to files on the kernel's computer, and the folders they are in.

    Pressing one downloads the file to the computer that shows the page, with a progress bar. It
    works wherever widgets do, in JupyterHub and Voila, too; the page can read only these files.

    Parameters
    ----------
    *paths : str or os.PathLike
        The files.

    Raises
    ------
    SourceError
        One of them does not exist, or is not a file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets import SavedFiles
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "poses.csv").write_text("time,keypoint")
    ...     files = SavedFiles(Path(folder, "poses.csv"))
    >>> files.paths[0].name
    'poses.csv'
    >>> files.close()
    """

    _esm = front_end_module("saved_files")
    _files: traitlets.List[SavedFile] = traitlets.List(read_only=True).tag(sync=True)

    def __init__(self, *paths: str | os.PathLike[str]) -> None:
        self._lock = threading.Lock()
        self._paths: dict[str, Path] = {}
        found = [existing_file(path) for path in paths]
        super().__init__()
        for path in found:
            self.add(path)
        messages: PageMessages[ReadMessage] = PageMessages({"read": ReadMessage})
        messages.hear(self, lambda message, _: self._receive(message))

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, the newest last."""
        return tuple(self._paths.values())

    def add(self, path: str | os.PathLike[str]) -> None:
        """Add a file; one that is there already, with its present size, becomes the newest.

        Raises
        ------
        SourceError
            It does not exist, or is not a file.
        """
        file = existing_file(path)
        size = file.stat().st_size
        with self._lock:
            before = {known: key for key, known in self._paths.items()}.get(file)
            key = before or uuid.uuid4().hex
            self._paths.pop(key, None)
            self._paths[key] = file
            others: list[SavedFile] = [each for each in self._files if each["id"] != key]
            added: SavedFile = {
                "id": key,
                "name": file.name,
                "folder": str(file.parent),
                "size": size,
            }
            self.set_trait("_files", [*others, added])

    def _receive(self, message: ReadMessage) -> None:
        request, file = message["request"], self._paths.get(message["file"])
        if file is None:
            self._refuse(request, "This file is not offered here.")
            return
        try:
            with file.open("rb") as opened:
                opened.seek(message["offset"])
                part = opened.read(FILE_PART_BYTES)
                size = opened.seek(0, 2)
        except OSError as error:
            self._refuse(request, f"{str(file)!r} cannot be read: {reason(error)}.")
            return
        answer: PartMessage = {
            "kind": "part",
            "request": request,
            "offset": message["offset"],
            "size": size,
        }
        self.send(answer, [part])

    def _refuse(self, request: str, why: str) -> None:
        refusal: UnreadableMessage = {"kind": "unreadable", "request": request, "message": why}
        self.send(refusal)
