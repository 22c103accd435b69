"""A video file that is written while it is recorded, and made seekable at its end."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import (
    InvalidOptionError,
    MissingDependencyError,
    RecordingError,
    reason,
)
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.files import (
    check_free,
    check_target,
    given_path,
    move,
    numbered,
    part_of,
    why_unwritten,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from io import FileIO
    from pathlib import Path

MEDIA_TYPES: dict[str, Sequence[str]] = {
    # VP9 took less of a processor than VP8 did, and fewer bytes.
    ".webm": ("video/webm;codecs=vp9", "video/webm;codecs=vp8"),
    # Not MP4: browsers write it in pieces of many seconds, and a kernel that dies would lose the
    # last one. H.264 plays everywhere; browsers without it have VP9.
    ".mp4": ("video/x-matroska;codecs=avc1", "video/webm;codecs=vp9"),
}
"""The media types a browser may record for each file suffix, the best first."""

_RECORDED_SUFFIX = {"video/webm": ".webm", "video/x-matroska": ".mkv"}
_FORMATS = {".webm": "webm", ".mp4": "mp4"}


def checked_name(path: str | os.PathLike[str]) -> str:
    """Return `path` as text if it is empty or has the suffix of a video that can be written.

    Raises
    ------
    InvalidOptionError
        It ends neither in ``.webm`` nor in ``.mp4``.
    """
    text = os.fspath(path)
    if text and PurePath(text).suffix.lower() not in MEDIA_TYPES:
        raise InvalidOptionError(
            f"path must end in {' or '.join(map(repr, MEDIA_TYPES))}, or be empty for a name "
            f"of date and time, but got {text!r}."
        )
    return text


def new_target(path: str, now: datetime, *, overwrite: bool) -> Path:
    """Return the absolute path of a video with this name.

    Parameters
    ----------
    path : str
        From `checked_name`; empty for a new name in the working folder.
    now : datetime
        The time in a new name.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    RecordingError
        Its folder does not exist or cannot be written to, or the system takes no such name.
    ExistingFileError
        The file exists and `overwrite` is False.
    MissingDependencyError
        It is to be an MP4 file, and PyAV is not installed.
    """
    target = given_path(path or f"bodyseg-{now:%Y%m%d-%H%M%S}.webm", refusal=RecordingError)
    if target.suffix.lower() == ".mp4":
        _load_av("Recording to an MP4 file")
    check_target(target, overwrite=overwrite, refusal=RecordingError)
    return target


class VideoFile:
    """A video that is being recorded.

    Every chunk is written at once to a file beside the one that was asked for, such as
    ``talk.recording.webm`` beside ``talk.webm``, so a process that dies loses only what had not
    arrived. :meth:`finish` then copies the encoded frames into the file that was asked for, with
    its length and an index for seeking. Until that is complete, the recorded file stays.

    Parameters
    ----------
    target : Path
        From `new_target`.
    media_type : str
        What the browser records: one of `MEDIA_TYPES`.
    overwrite : bool
        Whether to replace an existing file.

    Attributes
    ----------
    path : Path
        The file on the disk: the recorded one, after :meth:`finish` the finished one.
    size : int
        Its bytes so far.

    Raises
    ------
    RecordingError
        The file cannot be made.
    ExistingFileError
        The file that was asked for exists and `overwrite` is False.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets.widgets.record.video_file import VideoFile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = VideoFile(Path(folder) / "a.webm", "video/webm;codecs=vp9", overwrite=False)
    ...     file.append(b"12345")
    ...     file.close()
    ...     file.path.read_bytes()
    b'12345'
    """

    def __init__(self, target: Path, media_type: str, *, overwrite: bool) -> None:
        suffix = _RECORDED_SUFFIX[media_type.partition(";")[0]]
        check_free(target, overwrite=overwrite)
        self._target = target
        self._overwrite = overwrite
        self.size = 0
        try:
            self.path, self._file = _new_beside(target, f".recording{suffix}")
        except OSError as error:
            raise RecordingError(
                f"The video {str(target)!r} could not be made: {why_unwritten(error)}."
            ) from error

    def append(self, data: bytes | memoryview) -> None:
        """Write the next chunk.

        Raises
        ------
        RecordingError
            It cannot be written, for example because the disk is full. What was written stays.
        """
        rest = memoryview(data).cast("B")
        try:
            while rest:
                written = self._file.write(rest)
                self.size += written
                rest = rest[written:]
        except OSError as error:
            raise RecordingError(
                f"Writing {self.path.name} failed: {reason(error)}. What was written before is "
                f"in {self.path}."
            ) from error

    def close(self) -> None:
        """Close the file as it is; an empty one is removed.

        Raises
        ------
        RecordingError
            The system could not write the last of it, or not remove the file.
        """
        if self._file.closed:
            return
        try:
            self._file.close()
            if self.size == 0:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise RecordingError(
                f"Closing {self.path.name} failed: {reason(error)}. What was written before is "
                f"in {self.path}."
                if self.size
                else f"Nothing was recorded, and the empty file {self.path} could not be removed: "
                f"{reason(error)}. Remove it yourself."
            ) from error

    def finish(self) -> None:
        """Close the recorded file, and write the one that was asked for.

        Raises
        ------
        RecordingError
            Nothing was recorded; or the finished file cannot be written, and the recorded one
            stays; or it is finished, and the recorded one could not be removed.
        MissingDependencyError
            PyAV is not installed; the recorded file stays.
        """
        self.close()
        if self.size == 0:
            raise RecordingError("Nothing was recorded, so there is no file.")
        recorded = self.path
        try:
            av = _load_av("A seekable video")
        except MissingDependencyError:
            # It plays as it was recorded, but players cannot seek in it.
            if recorded.suffix == self._target.suffix.lower():
                with self._completing(OSError):
                    move(recorded, self._target, overwrite=self._overwrite)
                self.path = self._target
            raise
        # A recording that was cut off at its start may have no frames that can be copied.
        wrong = (OSError, av.FFmpegError, IndexError, ValueError)
        with self._completing(*wrong), part_of(self._target) as part:
            _copy_packets(av, recorded, part.path, _FORMATS[self._target.suffix.lower()])
            size = part.path.stat().st_size
            part.place(overwrite=self._overwrite)
        self.path, self.size = self._target, size
        try:
            recorded.unlink(missing_ok=True)
        except OSError as error:
            raise RecordingError(
                f"The file {recorded}, of which {self.path.name} was made, could not be "
                f"removed: {reason(error)}. Remove it yourself; it is not needed any more."
            ) from error

    @contextmanager
    def _completing(self, *wrong: type[Exception]) -> Iterator[None]:
        try:
            yield
        except wrong as error:
            raise RecordingError(
                f"{self._target.name} could not be completed: {why_unwritten(error)}. Everything "
                f"recorded is in {self.path}."
            ) from error


def _new_beside(target: Path, suffix: str) -> tuple[Path, FileIO]:
    # Of a process that was killed, what it recorded stays: it is all that its user has.
    names = numbered(target.with_suffix(suffix))
    while True:
        path = next(names)
        with suppress(FileExistsError):
            # Unbuffered: what is written is the system's, which survives this program.
            return path, path.open("xb", buffering=0)


def _copy_packets(av: Any, source: Path, target: Path, container_format: str) -> None:  # noqa: ANN401 - a module
    # An MP4 whose index is at its end would have to be loaded as a whole before it plays.
    options = {"movflags": "faststart"} if container_format == "mp4" else {}
    with (
        av.open(str(source)) as recorded,
        av.open(str(target), "w", format=container_format, options=options) as finished,
    ):
        stream = recorded.streams.video[0]
        copy = finished.add_stream_from_template(stream)
        frames = 0
        for packet in recorded.demux(stream):
            # The last one is empty: it would flush a decoder.
            if packet.dts is not None:
                packet.stream = copy
                finished.mux(packet)
                frames += 1
    if frames == 0:
        raise RecordingError(f"{source} was cut off before its first frame was complete.")


def _load_av(purpose: str) -> Any:  # noqa: ANN401 - a module
    with needed_for(purpose):
        import av  # noqa: PLC0415 - an extra, and only needed for recordings
    return av
