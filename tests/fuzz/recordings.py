"""Recordings: damaged bytes, and databases that are whole, but none that this package wrote."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets import Frame, Pose, Result, Timings
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.streaming import Recording, RecordingWriter, StoredResult, encode_image
from bodyseg_widgets.streaming.sources import open_source
from tests.fuzz.open_files import none_left_open
from tests.fuzz.planes import made_up_classes, use_all

if TYPE_CHECKING:
    from tests.fuzz.case import Case

_SIZE: Final = (24, 32)
_FRAMES: Final = 4
_ODD: Final[tuple[object, ...]] = (
    *(None, -1, 0, 1, 2**31, 2**62, -(2**63), 1e308, float("inf"), 0.5),
    *("", "text", "O8", "\0", b"", b"bytes", b"\xff\xfe"),
    zlib.compress(bytes(50_000_000), 9),
    zlib.compress(bytes(48), 9),
)
_COLUMNS: Final = {
    "meta": ("key", "value"),
    "models": ("id", "label"),
    "frames": ("number", "id", "timestamp", "video", "height", "width"),
    "pictures": ("frame", "jpeg"),
    "results": (
        *("frame", "model", "levels", "level_height", "level_width"),
        *("picture_height", "picture_width", "region_left", "region_top"),
        *("region_width", "region_height", "capture", "infer"),
    ),
    "poses": ("frame", "model", "place", "person", "dtype", "keypoints"),
    "planes": ("frame", "model", "kind", "value", "levels"),
    "labels": ("model", "place", "value", "name"),
}
_ENDLESS: Final = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS number, i AS id, 0.0 AS timestamp, '' AS video, 1 AS height, 1 AS width FROM n"
)
_COMPUTED: Final = (
    "ALTER TABLE pictures RENAME TO old; CREATE TABLE pictures (frame, "
    "jpeg GENERATED ALWAYS AS (zeroblob(1000000000))); "
    "INSERT INTO pictures (frame) SELECT frame FROM old"
)
_OTHER_SCHEMAS: Final = (
    "DROP TABLE {0}",
    "ALTER TABLE {0} RENAME TO old; CREATE VIEW {0} AS SELECT * FROM old",
    f"DROP TABLE frames; CREATE VIEW frames AS {_ENDLESS}",
    "CREATE TABLE more (a, b GENERATED ALWAYS AS (zeroblob(1000000000)))",
    _COMPUTED,
    "CREATE VIRTUAL TABLE words USING fts5(a)",
    "CREATE TRIGGER t AFTER INSERT ON frames BEGIN DELETE FROM {0}; END",
    "CREATE INDEX i ON frames (abs(id))",
    "DELETE FROM {0}",
    "PRAGMA application_id = 0",
    "ALTER TABLE {0} ADD COLUMN more",
)


def try_one(case: Case) -> str:
    """Open a recording in both ways, and read all of it."""
    file = case.folder / "a.bodyseg"
    match case.random.randrange(10):
        case 0:
            whole = True
            file.write_bytes(_recording())
        case 1 | 2 | 3 | 4:
            whole = False
            file.write_bytes(_recording())
            _change(case, file)
        case _:
            whole = False
            file.write_bytes(case.damaged(_recording()))
    with none_left_open():
        try:
            return _read(file, case, whole=whole)
        except BodySegError:
            if whole:
                raise
            return "refused"


def _read(file: Path, case: Case, *, whole: bool) -> str:
    source = Recording(file) if case.random.random() < 0.5 else open_source(file)
    outcome = "read"
    try:
        assert source.rate is None or source.rate > 0
        for number in range(min(source.length or 0, 2 * _FRAMES)):
            try:
                frame = source.read_at(number)
            except BodySegError:
                if whole:
                    raise
                outcome = "read in part"
                continue
            assert frame.image.dtype == np.uint8
            assert np.isfinite(frame.time)
            for stored in frame.known.values():
                assert stored.size == frame.image.shape[:2]
                seen = stored.seen()
                use_all(seen.segmentation)
                assert all(np.isfinite(pose.keypoint_array).all() for pose in seen.poses)
    finally:
        source.close()
    return outcome


def _change(case: Case, file: Path) -> None:
    chance = case.random
    with closing(sqlite3.connect(file)) as database:
        for _ in range(chance.choice((1, 1, 2, 3))):
            table = chance.choice([*_COLUMNS])
            try:
                if chance.random() < 0.3:
                    schema = chance.choice(_OTHER_SCHEMAS)
                    database.executescript(schema.format(table))
                else:
                    column = chance.choice(_COLUMNS[table])
                    which = "" if chance.random() < 0.5 else "WHERE rowid = 1"
                    with database:
                        database.execute(
                            f"UPDATE {table} SET {column} = ? {which}",  # noqa: S608
                            (chance.choice(_ODD),),
                        )
            except sqlite3.Error:
                # One change may make the next one impossible.
                continue


@cache
def _recording() -> bytes:
    chance = np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.bodyseg"
        with RecordingWriter(path) as writer:
            for number in range(_FRAMES):
                image = chance.integers(0, 255, (*_SIZE, 3), np.uint8)
                writer.add_frame(number, number / 10, "camera", encode_image(image), _SIZE)
                segmentation = made_up_classes(chance)
                points = chance.random((2, 33, 4), np.float32)
                result = Result(
                    Frame(number, image, 0.0),
                    segmentation,
                    Timings(infer=2.0),
                    (Pose(points[0], points[1], id=1),),
                )
                for label in ("one", "another"):
                    writer.add_result(number, label, StoredResult.of(result), video="camera")
        return path.read_bytes()
