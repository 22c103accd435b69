"""Writes recordings, on a separate thread."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import BodySegError, InvalidOptionError, RecordingError
from bodyseg_widgets.files import check_target, given_path, part_of, why_unwritten
from bodyseg_widgets.in_page import check_threads_for
from bodyseg_widgets.lazy import sqlite3
from bodyseg_widgets.pose import Pose
from bodyseg_widgets.streaming.closable import Closable
from bodyseg_widgets.streaming.recording.schema import (
    APPLICATION_ID,
    BODYPIX_POSE_COLUMNS,
    PLANE_COLUMNS,
    POSE_COLUMNS,
    RECORDING_SUFFIX,
    RESULT_COLUMNS,
    SCHEMA_VERSION,
    TABLES,
    bodypix_pose_row,
    label_rows,
    plane_rows,
    pose_row,
    result_row,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming.stored import StoredResult

COMMIT_SECONDS = 0.25
"""How long data may remain uncommitted."""

MAX_WAITING = 64 * 2**20
"""Bytes that may wait for the disk. Four models at 640 x 480 produce about 1.3 MB per
second."""

_RECENT_FRAMES = 1000
"""Number of frames that results may still arrive for: half a minute, and no model is that slow."""

_JOB_BYTES = 1024
"""Approximate overhead of a waiting item, without its image or mask."""

_POSE_BYTES = 1056

_PARTS = ("poses", "bodypix_poses", "planes")
"""Tables with what belongs to a result."""


class RecordingWriter(Closable):
    """Writes a stream's frames and every model's results to a file as they arrive.

    Data waits in memory for a writer thread. No method except
    :meth:`close` waits for the disk, and all may be called from any thread. Data is committed at
    least twice per second: a killed process loses at most its last second.

    If the disk is too slow, whole frames are dropped and counted in :attr:`dropped`; the stream is
    never slowed down.

    If another program removes or replaces the file, recording ends with an :attr:`error`.

    Results are stored losslessly, images as JPEG. If a source is decoded in the kernel, such as a
    video file, the models saw the original pixels, while the file has a JPEG of quality 90. A model
    newly chosen during playback therefore sees slightly different pixels.

    Parameters
    ----------
    path : str or os.PathLike
        Where to write it; ends in ``.bodyseg``. While it is being written, files ending in ``-wal``
        and ``-shm`` next to it belong to it; :meth:`close` leaves a single file.
    overwrite : bool
        Whether to replace an existing file.
    on_error : callable
        Called with the :attr:`error`, on the writer thread, when writing fails.

    Raises
    ------
    RecordingError
        `path` ends in something else, or cannot be written.
    ExistingFileError
        `path` exists and `overwrite` is False.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from bodyseg_widgets import Frame, Mask, Recording, RecordingWriter, Result
    >>> from bodyseg_widgets import Segmentation, Timings
    >>> from bodyseg_widgets.streaming import StoredResult, encode_image
    >>> image = np.zeros((4, 6, 3), np.uint8)
    >>> mask = Mask.from_levels(np.full((2, 3), 255, np.uint8), size=(4, 6))
    >>> result = Result(Frame(1, image, timestamp=0.0), Segmentation(mask), Timings())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "lesson.bodyseg"
    ...     with RecordingWriter(path) as writer:
    ...         _ = writer.add_frame(1, 0.0, "camera", encode_image(image), size=(4, 6))
    ...         _ = writer.add_result(1, "mine", StoredResult.of(result), video="camera")
    ...     with Recording(path) as recording:
    ...         frame = recording.read_at(0)
    >>> frame.known["mine"].levels.tolist()
    [[255, 255, 255], [255, 255, 255]]
    """

    @named_arguments
    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        on_error: Callable[[RecordingError], object] = lambda _: None,
    ) -> None:
        check_threads_for("A recording")
        self._path = given_path(path, refusal=RecordingError)
        self._on_error = on_error
        self._database = _create(self._path, overwrite=overwrite)
        self._identity = _identity(self._path)
        self._changed = threading.Condition()
        self._waiting: deque[_Job] = deque()
        self._waiting_bytes = 0
        self._recent: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._next_number = 0
        self._frames = 0
        self._dropped = 0
        self._closed = False
        self._error: RecordingError | None = None
        self._thread = threading.Thread(target=self._run, name="bodyseg-recording", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file that is written."""
        return self._path

    @property
    def frames(self) -> int:
        """Number of frames accepted, including those still waiting for the disk."""
        with self._changed:
            return self._frames

    @property
    def dropped(self) -> int:
        """Number of frames dropped because the disk was too slow."""
        with self._changed:
            return self._dropped

    @property
    def error(self) -> RecordingError | None:
        """Why recording stopped, such as a full disk; None if there is no error.

        :meth:`close` raises it. Everything recorded before stays in the file.
        """
        with self._changed:
            return self._error

    def add_frame(
        self,
        id: int,  # noqa: A002 - the word of Frame
        timestamp: float,
        video: str,
        jpeg: bytes | memoryview,
        size: Size,
    ) -> bool:
        """Record a frame's image; its results may follow.

        Parameters
        ----------
        id : int
            The frame's number, ``Frame.id``.
        timestamp : float
            When it was taken, in seconds from any start.
        video : str
            The session it belongs to. `id` must be unique within its session only.
        jpeg : bytes
            The frame's image as JPEG (PNG and WebP also work): what a model newly chosen during
            playback will see.
        size : tuple of int
            (height, width) of the frame, in pixels.

        Returns
        -------
        bool
            Whether it was recorded. It is not if the disk is too slow (see :attr:`dropped`), the
            frame is already recorded, the writer is closed, or there is an :attr:`error`.

        Raises
        ------
        InvalidOptionError
            `timestamp` is not finite.
        """
        if not math.isfinite(timestamp):
            raise InvalidOptionError(
                f"timestamp must be a finite number of seconds, but got {timestamp!r}."
            )
        height, width = size
        frame = (int(id), float(timestamp), str(video), int(height), int(width))
        # A message's buffer may be reused once the message was handled.
        image = bytes(jpeg)
        nbytes = len(image) + _JOB_BYTES
        key = (str(video), int(id))
        with self._changed:
            if self._is_over or key in self._recent:
                return False
            if self._waiting_bytes + nbytes > MAX_WAITING:
                self._dropped += 1
                return False
            number = self._next_number
            self._next_number += 1
            self._frames += 1
            self._recent[key] = number
            if len(self._recent) > _RECENT_FRAMES:
                self._recent.popitem(last=False)
            self._put(_Job(partial(_write_image, number, frame, image), nbytes))
            return True

    def add_result(
        self,
        id: int,  # noqa: A002 - the word of Frame
        label: str,
        stored: StoredResult,
        *,
        video: str,
    ) -> bool:
        """Record a model's result for a frame.

        Parameters
        ----------
        id : int
            The frame's number, as passed to `add_frame` before.
        label : str
            The model's label. A second result of the same model replaces the first.
        stored : StoredResult
            The result. Its arrays must not be changed afterward.
        video : str
            The session the frame belongs to, as passed to `add_frame`.

        Returns
        -------
        bool
            Whether it was recorded. It is not if the frame is not recorded, or is older than the
            last 1000.
        """
        nbytes = stored.nbytes + _POSE_BYTES * len(stored.poses) + _JOB_BYTES
        key = (str(video), int(id))
        with self._changed:
            number = self._recent.get(key)
            if self._is_over or number is None:
                return False
            if self._waiting_bytes + nbytes > MAX_WAITING:
                # A frame without its result would look as if the model had skipped it.
                del self._recent[key]
                self._frames -= 1
                self._dropped += 1
                self._put(_Job(partial(_remove_frame, number), 0))
                return False
            self._put(_Job(partial(_write_result, number, str(label), stored), nbytes))
            return True

    def close(self) -> None:
        """Write everything pending, and close the file. Calling it again does nothing.

        If a `Recording` of this file is open, the files next to it stay.

        Raises
        ------
        RecordingError
            Something could not be written, see :attr:`error`.
        """
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify()
        self._thread.join()
        if self._error is not None:
            raise self._error

    @property
    def _is_over(self) -> bool:
        return self._closed or self._error is not None

    def _put(self, job: _Job) -> None:
        self._waiting.append(job)
        self._waiting_bytes += job.nbytes
        self._changed.notify()

    def _run(self) -> None:
        try:
            with contextlib.closing(self._database) as database:
                while self._write_batch(database):
                    pass
                _make_single_file(database)
        except Exception as error:  # noqa: BLE001 - kept for who closes the recording
            with self._changed:
                self._error = RecordingError(
                    f"The recording {str(self._path)!r} could not be continued: {error}. "
                    f"{self._what_to_do(error)}"
                )
                self._error.__cause__ = error
                self._waiting.clear()
                self._waiting_bytes = 0
            self._on_error(self._error)

    def _write_batch(self, database: sqlite3.Connection) -> bool:
        """Write what arrives until it is time to commit; return whether there may be more."""
        with database:
            job = self._next_job(None)
            until = time.monotonic() + COMMIT_SECONDS
            while job is not None:
                job.write(database)
                job = self._next_job(until)
        if not self._is_in_place():
            raise RecordingError("another program removed or replaced the file")
        with self._changed:
            return bool(self._waiting) or not self._closed

    def _is_in_place(self) -> bool:
        return _identity(self._path) == self._identity

    def _what_to_do(self, error: Exception) -> str:
        kept = (
            "What was recorded until then is in the file. "
            if self._is_in_place()
            else "What was recorded is lost. "
        )
        # Absent where SQLite did not raise it.
        is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        advice = "Free disk space or choose another folder" if is_full else "Choose another path"
        return f"{kept}{advice}, and start a new recording."

    def _next_job(self, until: float | None) -> _Job | None:
        """Wait for something to write; None if there is nothing, or at the time `until`."""
        with self._changed:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return None
            self._changed.wait_for(lambda: self._waiting or self._closed, left)
            if not self._waiting:
                return None
            job = self._waiting.popleft()
            self._waiting_bytes -= job.nbytes
            return job


@dataclass(frozen=True, slots=True)
class _Job:
    write: Callable[[sqlite3.Connection], None]
    nbytes: int


def _create(path: Path, *, overwrite: bool) -> sqlite3.Connection:
    if path.suffix.lower() != RECORDING_SUFFIX:
        raise RecordingError(
            f"A recording's name must end in {RECORDING_SUFFIX!r}, but got the path {str(path)!r}. "
            "Use that extension."
        )
    check_target(path, overwrite=overwrite, refusal=RecordingError)
    file = path.resolve()
    try:
        with part_of(file) as part:
            part.path.write_bytes(_empty_recording())
            # Of an earlier recording with this name: SQLite would take them for the new one's.
            for beside in ("-wal", "-shm", "-journal"):
                file.with_name(file.name + beside).unlink(missing_ok=True)
            part.place(overwrite=overwrite)
        with contextlib.ExitStack() as undo:
            database = sqlite3.connect(file, check_same_thread=False)
            undo.callback(database.close)
            # With a write-ahead log, commits are fast and survive a killed process without waiting
            # for the disk, and a killed recording can be read without writing to it.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            undo.pop_all()
    except (OSError, sqlite3.Error) as error:
        # Errors of this package already say all.
        if isinstance(error, BodySegError):
            raise
        raise RecordingError(
            f"The recording {str(path)!r} could not be written: {why_unwritten(error)}."
        ) from error
    return database


def _empty_recording() -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(f"PRAGMA application_id = {APPLICATION_ID}; {TABLES}")
        with database:
            database.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [
                    ("schema_version", str(SCHEMA_VERSION)),
                    ("created", datetime.now(UTC).isoformat(timespec="seconds")),
                    ("package_version", version("bodyseg-widgets")),
                ],
            )
        return database.serialize()


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write_image(
    number: int,
    frame: tuple[int, float, str, int, int],
    jpeg: bytes,
    database: sqlite3.Connection,
) -> None:
    database.execute("INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?)", (number, *frame))
    database.execute("INSERT INTO pictures VALUES (?, ?)", (number, jpeg))


def _write_result(
    number: int, label: str, stored: StoredResult, database: sqlite3.Connection
) -> None:
    database.execute("INSERT OR IGNORE INTO models (label) VALUES (?)", (label,))
    (model,) = database.execute("SELECT id FROM models WHERE label = ?", (label,)).fetchone()
    key = (number, model)
    _insert(database, f"results (frame, model, {RESULT_COLUMNS})", (*key, *result_row(stored)))
    for table in _PARTS:
        database.execute(f"DELETE FROM {table} WHERE frame = ? AND model = ?", key)  # noqa: S608
    for place, pose in enumerate(stored.poses):
        if isinstance(pose, Pose):
            into, row = f"poses (frame, model, place, {POSE_COLUMNS})", pose_row(pose)
        else:
            into = f"bodypix_poses (frame, model, place, {BODYPIX_POSE_COLUMNS})"
            row = bodypix_pose_row(pose)
        _insert(database, into, (*key, place, *row))
    for row in plane_rows(stored.planes):
        _insert(database, f"planes (frame, model, {PLANE_COLUMNS})", (*key, *row))
    for row in label_rows(stored.labels):
        _insert(database, "labels (model, place, value, name)", (model, *row))


def _insert(database: sqlite3.Connection, into: str, row: tuple[object, ...]) -> None:
    places = ", ".join("?" * len(row))
    database.execute(f"INSERT OR REPLACE INTO {into} VALUES ({places})", row)  # noqa: S608


def _remove_frame(number: int, database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM frames WHERE number = ?", (number,))
    for table in ("pictures", "results", *_PARTS):
        database.execute(f"DELETE FROM {table} WHERE frame = ?", (number,))  # noqa: S608


def _make_single_file(database: sqlite3.Connection) -> None:
    try:
        # Without the log, the file can also be read from read-only storage.
        database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        # A reader has it open, and needs the log.
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
