"""Reads recordings: a source of frames with their results."""

from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import dataclass, field
from operator import index as as_index
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import BodySegError, InvalidImageError, RecordingError, SourceError
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.lazy import sqlite3
from bodyseg_widgets.segmentation import PERSON_LABELS
from bodyseg_widgets.streaming.closable import Closable
from bodyseg_widgets.streaming.encoded import decode_image
from bodyseg_widgets.streaming.recording.schema import (
    APPLICATION_ID,
    BODYPIX_POSE_COLUMNS,
    LATER_SINCE,
    LATER_TABLES,
    PLANE_COLUMNS,
    POSE_COLUMNS,
    RESULT_COLUMNS,
    SCHEMA_VERSION,
    TABLE_NAMES,
    Value,
    result_of,
)
from bodyseg_widgets.streaming.sources.types import SourceFrame
from bodyseg_widgets.streaming.stored import labels_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


class Recording(Closable):
    """A file written by `RecordingWriter`, as a source of frames.

    The file is only read, so it may be on read-only storage. A file whose writer was killed can
    also be opened; the file ending in ``-wal`` next to it holds its last seconds. A file still
    being written opens with the frames it has so far.

    Thread-safe.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Raises
    ------
    RecordingError
        The file does not exist, is not a recording, was written by a newer version of this package,
        or is damaged.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from bodyseg_widgets import Recording, RecordingWriter
    >>> from bodyseg_widgets.streaming import encode_image
    >>> jpeg = encode_image(np.zeros((4, 6, 3), np.uint8))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "lesson.bodyseg"
    ...     with RecordingWriter(path) as writer:
    ...         for number in range(3):
    ...             _ = writer.add_frame(number, 10 + number / 4, "camera", jpeg, size=(4, 6))
    ...     with Recording(path) as recording:
    ...         frame = recording.read_at(1)
    >>> recording.length, recording.rate, frame.time, frame.jpeg == jpeg
    (3, 4.0, 0.25, True)
    """

    @named_arguments
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = existing_file(path, refusal=RecordingError)
        self._lock = threading.Lock()
        self._next = 0
        self._closed = False
        self._database, version = _open(self._path)
        self._has_later = version >= LATER_SINCE
        try:
            self._read_lists()
        # A damaged file may have anything in its rows.
        except Exception as error:
            self._database.close()
            raise _damaged(self._path, error) from error

    def _read_lists(self) -> None:
        labels = self._database.execute("SELECT label FROM models ORDER BY id").fetchall()
        frames = self._database.execute(
            "SELECT number, id, timestamp FROM frames ORDER BY number"
        ).fetchall()
        numbers, ids, timestamps = zip(*frames, strict=True) if frames else ((), (), ())
        self._labels = tuple(str(label) for (label,) in labels)
        self._classes = self._read_classes()
        self._numbers = np.array([as_index(each) for each in numbers], np.int64)
        self._ids = np.array([as_index(each) for each in ids], np.int64)
        self._timestamps = np.array(timestamps, np.float64)
        if not np.isfinite(self._timestamps).all():
            raise ValueError("it has frames without a time")
        for array in (self._ids, self._timestamps):
            array.flags.writeable = False

    def _read_classes(self) -> dict[str, Mapping[int, str]]:
        """Return the labels of the classes of each model that has some, by the model's label."""
        if not self._has_later:
            return {}
        rows: dict[str, list[tuple[Value, Value]]] = {}
        for model, value, name in self._database.execute(
            "SELECT label, value, name FROM labels JOIN models ON models.id = model "
            "ORDER BY model, place"
        ):
            rows.setdefault(str(model), []).append((value, name))
        return {model: labels_of(each) for model, each in rows.items()}

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def label(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def rate(self) -> float | None:
        """Frames per second, from the median interval; None for fewer than two frames."""
        between = np.diff(self._timestamps)
        between = between[between > 0]
        return float(1 / np.median(between)) if between.size else None

    @property
    def length(self) -> int:
        """Number of frames."""
        return len(self._numbers)

    @property
    def labels(self) -> tuple[str, ...]:
        """The models it has results of, in order of appearance."""
        return self._labels

    @property
    def ids(self) -> NDArray[np.int64]:
        """The frames' numbers as they were recorded, ``Frame.id``: int64, (`length`,)."""
        return self._ids

    @property
    def timestamps(self) -> NDArray[np.float64]:
        """When the frames were taken, in seconds, as recorded: float64, (`length`,)."""
        return self._timestamps

    def read(self) -> SourceFrame | None:
        """Return the next frame; None at the end, and once the recording is closed.

        Raises
        ------
        SourceError
            This frame cannot be read; the next call continues with the one after it.
        """
        with self._lock:
            if self._closed or self._next >= self.length:
                return None
            index = self._next
            self._next = index + 1
            rows = self._rows(index)
        return self._source_frame(index, rows)

    def read_at(self, index: int) -> SourceFrame:
        """Return the frame with this number, and its results; `read` continues after it.

        Parameters
        ----------
        index : int
            From 0 to `length` - 1.

        Returns
        -------
        SourceFrame
            ``known`` contains results only of models that had one for this frame. Each call returns
            the same values, bit for bit.

        Raises
        ------
        SourceError
            There is no frame with this number, the recording is closed, or it cannot be read.
        """
        index = as_index(index)
        if not 0 <= index < self.length:
            last = f"from 0 to {self.length - 1}" if self.length else "none at all"
            raise SourceError(f"The frames of {self.label!r} are numbered {last}, but got {index}.")
        with self._lock:
            if self._closed:
                raise SourceError(f"{self.label!r} is closed. Open it again to read from it.")
            self._next = index + 1
            rows = self._rows(index)
        return self._source_frame(index, rows)

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        with self._lock:
            self._closed = True
            self._database.close()

    def _rows(self, index: int) -> _Rows:
        number = (int(self._numbers[index]),)
        try:
            image = self._database.execute("SELECT jpeg FROM pictures WHERE frame = ?", number)
            rows = _Rows(
                image.fetchone(),
                self._parts("results", RESULT_COLUMNS, "model", number),
                self._parts("poses", POSE_COLUMNS, "model, place", number),
            )
            if self._has_later:
                rows.bodypix_poses = self._parts(
                    "bodypix_poses", BODYPIX_POSE_COLUMNS, "model, place", number
                )
                rows.planes = self._parts("planes", PLANE_COLUMNS, "model", number)
        # Of a damaged file, not even SQLite's messages can always be read.
        except Exception as error:
            raise self._unreadable(index, error) from error
        return rows

    def _parts(self, table: str, columns: str, order: str, number: tuple[int]) -> list[_Row]:
        """Return what a table has of a frame, with the model's label first."""
        return self._database.execute(
            f"SELECT label, {columns} FROM {table} "  # noqa: S608 - no value in it
            f"JOIN models ON models.id = model WHERE frame = ? ORDER BY {order}",
            number,
        ).fetchall()

    def _source_frame(self, index: int, rows: _Rows) -> SourceFrame:
        if rows.image is None:
            raise self._unreadable(index, "its image is missing")
        (jpeg,) = rows.image
        if not isinstance(jpeg, bytes):
            raise self._unreadable(index, "its image is none")
        try:
            image = decode_image(jpeg)
        except InvalidImageError as error:
            reason = f"its {len(jpeg)} bytes are not a JPEG, PNG or WebP image"
            raise self._unreadable(index, reason) from error
        try:
            size = (image.shape[0], image.shape[1])
            known = {
                str(row[0]): result_of(
                    row[1:],
                    _of_model(row[0], rows.poses),
                    size,
                    bodypix_poses=_of_model(row[0], rows.bodypix_poses),
                    planes=_of_model(row[0], rows.planes),
                    labels=self._classes.get(str(row[0]), PERSON_LABELS),
                )
                for row in rows.results
            }
        except RecordingError as error:
            raise self._unreadable(index, error) from error
        moment = float(self._timestamps[index] - self._timestamps[0])
        return SourceFrame(image, index, moment, MappingProxyType(known), jpeg)

    def _unreadable(self, index: int, reason: object) -> SourceError:
        return SourceError(
            f"Frame {index} of {self.label!r} cannot be read: {reason}. The file is damaged; its "
            "other frames may be intact."
        )


_Row = tuple[Value, ...]


@dataclass(slots=True)
class _Rows:
    """What a recording has of a frame: an image, and rows with the model's label first."""

    image: tuple[bytes] | None
    results: list[_Row]
    poses: list[_Row]
    bodypix_poses: list[_Row] = field(default_factory=list)
    planes: list[_Row] = field(default_factory=list)


def _of_model(label: Value, rows: list[_Row]) -> list[_Row]:
    return [row[1:] for row in rows if row[0] == label]


def _open(path: Path) -> tuple[sqlite3.Connection, int]:
    """Return a recording's database, and the version of its format."""
    try:
        # Of a link, the files beside it are beside the one that it leads to.
        path = path.resolve()
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        with contextlib.ExitStack() as undo:
            undo.callback(database.close)
            _check_recording(path, database)
            _check_tables(path, database, TABLE_NAMES)
            version = _checked_format(path, database)
            if version >= LATER_SINCE:
                _check_tables(path, database, LATER_TABLES)
            _check_whole(path, database)
            undo.pop_all()
    except BodySegError:
        raise
    # Of a damaged file, not even SQLite's messages can always be read.
    except Exception as error:
        raise _explained(path, error) from error
    return database, version


def _check_recording(path: Path, database: sqlite3.Connection) -> None:
    database.execute("PRAGMA trusted_schema = OFF")
    (application_id,) = database.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        raise _no_recording(path)


def _check_tables(path: Path, database: sqlite3.Connection, names: tuple[str, ...]) -> None:
    """Refuse tables that are programs: views and computed columns can take all time and memory."""
    for name in names:
        kind, made = database.execute(
            "SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone() or ("missing", "")
        columns = database.execute(f"PRAGMA table_xinfo({name})").fetchall() if made else []
        is_computed = any(hidden for *_, hidden in columns)
        if kind != "table" or is_computed or str(made).upper().startswith("CREATE VIRTUAL"):
            raise _damaged(path, f"its table {name!r} is missing, or computed instead of stored")


def _checked_format(path: Path, database: sqlite3.Connection) -> int:
    meta = dict(database.execute("SELECT key, value FROM meta").fetchall())
    found = meta.get("schema_version", "")
    if not isinstance(found, str) or not re.fullmatch(r"[0-9]{1,9}", found):
        raise _damaged(path, f"its version is {found!r}")
    if int(found) > SCHEMA_VERSION:
        raise RecordingError(
            f"{str(path)!r} was written by bodyseg-widgets {meta.get('package_version')} in "
            f"version {found} of the format, but this one reads versions up to {SCHEMA_VERSION}. "
            "Install a newer bodyseg-widgets."
        )
    return int(found)


def _check_whole(path: Path, database: sqlite3.Connection) -> None:
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        # Pages missing from the file are in the log.
        return
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (page_size,) = database.execute("PRAGMA page_size").fetchone()
    expected, found = pages * page_size, path.stat().st_size
    if found < expected:
        # SQLite reads the rest of a truncated page as zeros.
        raise _damaged(path, f"it has {found} bytes of {expected}")


def _explained(path: Path, error: Exception) -> RecordingError:
    # Absent where Python, not SQLite, raised it.
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_NOTADB:
        return _no_recording(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return RecordingError(
            f"{str(path)!r} cannot be opened: {error}. If its writer was killed, the files that "
            "end in '-wal' and '-shm' belong to it: copy all of them to a folder that can be "
            "written to, and open it there."
        )
    return _damaged(path, error)


def _no_recording(path: Path) -> RecordingError:
    return RecordingError(
        f"{str(path)!r} is not a bodyseg-widgets recording, or its beginning is lost. Recordings "
        "are made with RecordingWriter."
    )


def _damaged(path: Path, reason: object) -> RecordingError:
    return RecordingError(
        f"{str(path)!r} is damaged or incomplete: {reason}. Copy it again from the original."
    )
