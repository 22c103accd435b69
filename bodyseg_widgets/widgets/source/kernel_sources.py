"""Open the sources in the kernel."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.files import given_path, without_credentials
from bodyseg_widgets.streaming.player import scaled_into
from bodyseg_widgets.streaming.samples import BUNDLED_SAMPLES, Movement, sample
from bodyseg_widgets.streaming.sources import (
    FrameSource,
    KernelCamera,
    SourceFrame,
    SourceInput,
    check_source,
    fetch,
    is_address,
    open_source,
)
from bodyseg_widgets.widgets.transport.limits import PATIENCE_SECONDS

if TYPE_CHECKING:
    from bodyseg_widgets.widgets.source.playback import OpenRequest

Item = TypeVar("Item")

_BETWEEN_NEWS = 0.2
"""Seconds between download progress updates."""

Images: TypeAlias = SourceInput
"""What `Webcam.load` accepts: a path or URL, one image, an iterable of images, or a
``FrameSource``."""


class GivenImages:
    """A source given in Python.

    Parameters
    ----------
    images : path, URL, array, iterable or FrameSource
        As accepted by `Webcam.load`.

    Attributes
    ----------
    images : path, URL, array, iterable or FrameSource
        The same, for `open_source`; an iterator continues where it was stopped.
    path : str
        The path or URL; empty for anything else.
    label : str
        Its label in the picker.
    source : str
        The `Webcam.source` that shows it.
    """

    def __init__(self, images: Images) -> None:
        check_source(images)
        # A FrameSource may be iterable, too, but offers more.
        is_source = isinstance(images, FrameSource)
        self.images = images
        if isinstance(images, Iterator) and not is_source:
            self.images = _OneByOne(images)
        is_path = isinstance(images, str | os.PathLike)
        self.path = os.fspath(images) if isinstance(images, str | os.PathLike) else ""
        self.label = images.label if isinstance(images, FrameSource) else "Python frames"
        self.source = "file" if is_path else "python"


class KernelSources:
    """Opens what a page requests, and keeps the file downloaded for it. Thread-safe.

    Attributes
    ----------
    given : GivenImages or None
        The source last given in Python.
    """

    def __init__(self, given: GivenImages | None) -> None:
        self.given = given
        self._lock = threading.Lock()
        self._fetched: tempfile.TemporaryDirectory[str] | None = None
        self._closed = False

    def open(self, request: OpenRequest) -> FrameSource:
        """Open a source; this may take a long time.

        Raises
        ------
        BodySegError
            It cannot be opened; the message is for the user.
        """
        # Read once: another thread may set it meanwhile.
        given = self.given
        match request.source:
            case "file":
                return self._open_file(request.path, request)
            case "kernel camera":
                return KernelCamera(
                    request.device,
                    width=request.width,
                    height=request.height,
                    rate=request.frame_rate,
                    patience=PATIENCE_SECONDS,
                )
            case "python" if given is not None:
                return open_source(given.images)
            case "python":
                raise SourceError(
                    "Python provided no frames. Load some with webcam.load(…), then press Start."
                )
            case name if name in BUNDLED_SAMPLES:
                return open_source(sample(name), label=name)
        raise SourceError(f"The browser opens {request.source!r} itself.")

    def first_frame(self, source: str, path: str, size: tuple[int, int]) -> SourceFrame | None:
        """Return the first frame of what can be read again: a sample, a file, images in memory.

        Parameters
        ----------
        source, path : str
            The values of `Webcam.source` and `path`.
        size : tuple of int
            Maximum width and height of its image, in pixels.

        Returns
        -------
        SourceFrame or None
            None for cameras, screens and streams, for a URL, which is not fetched for that, and
            for an iterator or a ``FrameSource``, which would go on after it.

        Raises
        ------
        BodySegError
            It cannot be read.
        """
        again = self._readable_again(source, path)
        if again is None:
            return None
        opened = open_source(again)
        try:
            frame = opened.read_at(0) if opened.length else None
        finally:
            opened.close()
        if frame is None or frame.known:
            return frame
        return replace(frame, image=scaled_into(frame.image, size), jpeg=None)

    def _readable_again(self, source: str, path: str) -> SourceInput | None:
        given = None if self.given is None else self.given.images
        match source:
            case "sample":
                return sample("portrait")
            case "file" if path and not is_address(path):
                return given_path(path)
            case "python" if isinstance(given, Movement):
                return given.frame_at(0).image
            case "python" if not isinstance(given, FrameSource | Iterator):
                return given
            case name if name in BUNDLED_SAMPLES:
                return sample(name)
        return None

    def close(self) -> None:
        """Remove downloaded files, and cancel downloads."""
        with self._lock:
            self._closed = True
            fetched, self._fetched = self._fetched, None
        if fetched is not None:
            fetched.cleanup()

    def _open_file(self, path: str, request: OpenRequest) -> FrameSource:
        if not path:
            raise SourceError("No file was chosen. Choose one, or type its path or URL.")
        if not is_address(path):
            request.progress(f"Opening {Path(path).name}.", None)
            return open_source(given_path(path), label=Path(path).name)
        shown = without_credentials(path)
        reported = 0.0

        def progress(done: int, total: int | None) -> None:
            nonlocal reported
            if time.monotonic() - reported < _BETWEEN_NEWS and done != total:
                return
            reported = time.monotonic()
            megabytes = f"{done / 1e6:.1f} MB" + (f" of {total / 1e6:.1f} MB" if total else "")
            request.progress(f"Fetching {shown}: {megabytes}.", done / total if total else None)

        request.progress(f"Fetching {shown}.", None)
        file = fetch(path, self._new_folder(), progress=progress, cancelled=request.cancelled)
        return open_source(file, label=file.name)

    def _new_folder(self) -> Path:
        """Return an empty folder, replacing the previous one."""
        with self._lock:
            if self._closed:
                raise SourceError("This source was closed. Run the cell again to create a new one.")
            before = self._fetched
            self._fetched = tempfile.TemporaryDirectory(prefix="bodyseg-")
            folder = Path(self._fetched.name)
        if before is not None:
            before.cleanup()
        return folder


class _OneByOne(Iterator[Item]):
    """An iterator that continues for the next caller.

    If it was stopped while producing an image, it is asked again only when that is done: Python's
    generators cannot be run by two threads at once.
    """

    def __init__(self, iterator: Iterator[Item]) -> None:
        self._iterator = iterator
        self._lock = threading.Lock()

    def __next__(self) -> Item:
        with self._lock:
            return next(self._iterator)
