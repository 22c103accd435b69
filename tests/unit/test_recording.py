"""Recorded data comes back bit for bit; unreadable data is reported."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import zlib
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import (
    ExistingFileError,
    InvalidOptionError,
    Pose,
    Recording,
    RecordingWriter,
    Region,
    Timings,
)
from bodyseg_widgets.errors import RecordingError, SourceError
from bodyseg_widgets.segmentation import PackedLevels, PackedPlanes
from bodyseg_widgets.streaming import StoredResult, decode_image, encode_image
from bodyseg_widgets.streaming.recording import writer as writing

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (4, 6)
JPEG = encode_image(np.zeros((*SIZE, 3), np.uint8))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.bodyseg"


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set whenever a writer has committed, which it does after each item here."""
    done = threading.Event()
    write_batch = RecordingWriter._write_batch

    def write_and_tell(writer: RecordingWriter, database: sqlite3.Connection) -> bool:
        more = write_batch(writer, database)
        done.set()
        return more

    monkeypatch.setattr(RecordingWriter, "_write_batch", write_and_tell)
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0)
    return done


def make_stored(seed: int = 0, *, people: int = 0, shape: tuple[int, int] = (5, 7)) -> StoredResult:
    random = np.random.default_rng(seed)
    region = Region(*(int(pixels) for pixels in random.integers(0, (3, 2, 4, 3))))
    poses = tuple(
        Pose(
            random.normal(size=(33, 4)).astype(np.float32),
            random.normal(size=(33, 4)).astype(np.float32),
            id=None if person == 1 else person,
        )
        for person in range(people)
    )
    timings = Timings(capture=random.random(), infer=random.random() * 1e-9)
    packed = PackedLevels.of(random.integers(0, 256, shape, np.uint8))
    return StoredResult(packed, SIZE, region, poses, timings)


NAMES = {10: "left_hand", 3: "hair", 255: "other"}


def with_planes(stored: StoredResult, *classes: int) -> StoredResult:
    """Return the same of a model that tells classes and people apart."""
    random = np.random.default_rng(7)

    def plane() -> PackedLevels:
        return PackedLevels.of(random.integers(0, 256, stored.packed.shape, np.uint8))

    planes = PackedPlanes(plane(), plane(), {value: plane() for value in classes})
    return replace(stored, planes=planes, labels=NAMES)


def as_version_1(path: Path) -> None:
    """Make a recording one of the version before planes."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "DROP TABLE planes; DROP TABLE labels; "
            "UPDATE meta SET value = '1' WHERE key = 'schema_version'"
        )


def record(path: Path, count: int) -> None:
    with RecordingWriter(path) as writer:
        for number in range(count):
            writer.add_frame(number, number / 10, "camera", JPEG, SIZE)
            writer.add_result(number, "mine", make_stored(number), video="camera")


def assert_same(found: StoredResult, given: StoredResult) -> None:
    assert found.levels.dtype == np.uint8
    np.testing.assert_array_equal(found.levels, given.levels)
    assert (found.size, found.region) == (given.size, given.region)
    assert [*found.labels.items()] == [*given.labels.items()]
    assert {(kind, value): plane for kind, value, plane in found.planes} == {
        (kind, value): plane for kind, value, plane in given.planes
    }
    # As text, in which NaN equals NaN, and in which no two numbers are the same.
    assert repr(found.timings) == repr(given.timings)
    assert [pose.id for pose in found.poses] == [pose.id for pose in given.poses]
    for one, other in zip(found.poses, given.poses, strict=True):
        for name in ("keypoint_array", "keypoint_array_3d"):
            assert getattr(one, name).dtype == getattr(other, name).dtype
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_pictures_masks_and_poses_come_back_bit_by_bit(path: Path) -> None:
    random = np.random.default_rng(1)
    jpegs = [encode_image(random.integers(0, 256, (*SIZE, 3), np.uint8)) for _ in range(3)]
    given = [
        {"selfie": make_stored(number), "pose": make_stored(9 - number, people=number)}
        for number in range(3)
    ]
    with RecordingWriter(path) as writer:
        for number, jpeg in enumerate(jpegs):
            assert writer.add_frame(100 + number, 5 + number / 4, "camera", jpeg, SIZE)
            for label, stored in given[number].items():
                assert writer.add_result(100 + number, label, stored, video="camera")
    with Recording(path) as recording:
        assert (recording.label, recording.labels) == ("lesson.bodyseg", ("selfie", "pose"))
        assert (recording.length, recording.rate) == (3, 4.0)
        assert recording.ids.tolist() == [100, 101, 102]
        assert recording.timestamps.tolist() == [5, 5.25, 5.5]
        for number, jpeg in enumerate(jpegs):
            picture = recording.read_at(number)
            assert (picture.index, picture.time, picture.jpeg) == (number, number / 4, jpeg)
            np.testing.assert_array_equal(picture.image, decode_image(jpeg))
            assert list(picture.known) == ["selfie", "pose"]
            for label, stored in given[number].items():
                assert_same(picture.known[label], stored)


def test_planes_come_back_bit_by_bit_with_the_labels_of_their_classes(path: Path) -> None:
    parts = [with_planes(make_stored(0), 10, 255), with_planes(make_stored(1)), make_stored(2)]
    with RecordingWriter(path) as writer:
        for number, stored in enumerate(parts):
            writer.add_frame(number, number / 10, "camera", JPEG, SIZE)
            writer.add_result(number, "parts", replace(stored, labels=NAMES), video="camera")
            writer.add_result(number, "mine", make_stored(number), video="camera")
    with Recording(path) as recording:
        for number, stored in enumerate(parts):
            known = recording.read_at(number).known
            assert_same(known["parts"], replace(stored, labels=NAMES))
            assert_same(known["mine"], make_stored(number))


def test_a_second_result_leaves_no_plane_of_the_first(path: Path) -> None:
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        for stored in (with_planes(make_stored(1), 10), with_planes(make_stored(2), 3)):
            writer.add_result(1, "parts", stored, video="camera")
    with Recording(path) as recording:
        assert recording.read_at(0).known["parts"].planes.classes.keys() == {3}


def test_a_recording_of_the_version_without_planes_is_read(path: Path) -> None:
    record(path, 2)
    as_version_1(path)
    with Recording(path) as recording:
        assert_same(recording.read_at(1).known["mine"], make_stored(1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE planes SET levels = ?", "cannot be unpacked"),
        ("UPDATE planes SET levels = x'00' WHERE kind = 'class'", "cannot be unpacked"),
        ("UPDATE planes SET kind = 'depth' WHERE kind = 'labels'", "kind 'depth'"),
        ("UPDATE planes SET value = 5 WHERE kind = 'labels'", "kind 'labels' and value 5"),
        ("UPDATE planes SET value = 5 WHERE kind = 'class'", "kind 'class' and value 5"),
        ("UPDATE planes SET value = 'x' WHERE kind = 'class'", "kind 'class' and value 'x'"),
    ],
)
def test_a_plane_that_does_not_fit_is_told_with_its_frame(
    path: Path, change: str, reason: str
) -> None:
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        writer.add_result(1, "parts", with_planes(make_stored(1), 10), video="camera")
    with closing(sqlite3.connect(path)) as database, database:
        bomb = zlib.compress(bytes(100_000_000), 9)
        database.execute(change, (bomb,) if "?" in change else ())
    with Recording(path) as recording, pytest.raises(SourceError, match=f"Frame 0 .*{reason}"):
        recording.read_at(0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE labels SET value = 256 WHERE place = 0",
        "UPDATE labels SET value = 3",
        "UPDATE labels SET value = 'x' WHERE place = 0",
        "UPDATE labels SET name = 'hair'",
        "UPDATE labels SET name = x'00ff' WHERE place = 0",
    ],
)
def test_labels_of_something_else_are_refused(path: Path, change: str) -> None:
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        writer.add_result(1, "parts", with_planes(make_stored(1)), video="camera")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(change)
    with pytest.raises(RecordingError, match="is damaged or incomplete"):
        Recording(path)


def test_results_may_come_late_in_any_order_or_not_at_all(path: Path) -> None:
    with RecordingWriter(path) as writer:
        for number in range(3):
            writer.add_frame(number, float(number), "camera", JPEG, SIZE)
        writer.add_result(2, "fast", make_stored(2), video="camera")
        writer.add_result(0, "slow", make_stored(3), video="camera")
        writer.add_result(0, "fast", make_stored(0), video="camera")
    with Recording(path) as recording:
        known = [sorted(recording.read_at(number).known) for number in range(3)]
    assert known == [["fast", "slow"], [], ["fast"]]


def test_a_second_result_of_a_model_takes_the_first_ones_place(path: Path) -> None:
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        writer.add_result(1, "pose", make_stored(1, people=3), video="camera")
        writer.add_result(1, "pose", make_stored(2, people=1), video="camera")
    with Recording(path) as recording:
        assert_same(recording.read_at(0).known["pose"], make_stored(2, people=1))


def test_the_same_number_in_another_video_is_another_frame(path: Path) -> None:
    with RecordingWriter(path) as writer:
        for video in ("one", "other"):
            assert writer.add_frame(1, 0.0, video, JPEG, SIZE)
        assert not writer.add_frame(1, 0.0, "one", JPEG, SIZE)
        writer.add_result(1, "mine", make_stored(), video="other")
        assert writer.frames == 2
    with Recording(path) as recording:
        assert [len(recording.read_at(number).known) for number in range(2)] == [0, 1]


def test_a_result_without_its_picture_is_not_taken(path: Path) -> None:
    with RecordingWriter(path) as writer:
        assert not writer.add_result(1, "mine", make_stored(), video="camera")
    with Recording(path) as recording:
        assert (recording.length, recording.labels) == (0, ())


def test_reading_goes_on_after_the_picture_that_was_asked_for(path: Path) -> None:
    record(path, 4)
    with Recording(path) as recording:
        indices = [recording.read_at(2).index]
        while (picture := recording.read()) is not None:
            indices.append(picture.index)
        indices.append(recording.read_at(0).index)
    assert indices == [2, 3, 0]


@pytest.mark.parametrize("index", [-1, 3])
def test_a_picture_that_is_not_there_is_an_error(path: Path, index: int) -> None:
    record(path, 3)
    with (
        Recording(path) as recording,
        pytest.raises(SourceError, match=f"numbered from 0 to 2, but got {index}"),
    ):
        recording.read_at(index)


def test_an_empty_recording_has_no_pictures(path: Path) -> None:
    RecordingWriter(path).close()
    with Recording(path) as recording:
        assert (recording.length, recording.rate, recording.read()) == (0, None, None)
        with pytest.raises(SourceError, match="none at all"):
            recording.read_at(0)


def test_the_rate_does_not_mind_a_pause(path: Path) -> None:
    with RecordingWriter(path) as writer:
        for number, moment in enumerate((0.0, 0.5, 1.0, 60.0, 60.5)):
            writer.add_frame(number, moment, "camera", JPEG, SIZE)
    with Recording(path) as recording:
        assert recording.rate == 2


def test_after_close_there_is_nothing_to_read(path: Path) -> None:
    record(path, 2)
    recording = Recording(path)
    recording.close()
    recording.close()
    assert recording.read() is None
    with pytest.raises(SourceError, match="closed"):
        recording.read_at(0)


def test_a_closed_recording_is_a_single_file(path: Path) -> None:
    record(path, 3)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    # Both are 2 where SQLite wants to write files beside it, even to read.
    assert path.read_bytes()[18:20] == b"\1\1"


def test_a_recording_is_only_read(path: Path) -> None:
    record(path, 2)
    before = path.read_bytes()
    with Recording(path) as recording:
        recording.read_at(1)
        assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_what_is_committed_can_be_read_while_it_is_written(
    path: Path, committed: threading.Event
) -> None:
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        assert committed.wait(60)
        with Recording(path) as recording:
            assert recording.length == 1
            writer.add_frame(2, 1.0, "camera", JPEG, SIZE)
            writer.close()
            assert recording.read_at(0).jpeg == JPEG
    with Recording(path) as recording:
        assert recording.length == 2


def test_after_close_nothing_is_taken(path: Path) -> None:
    writer = RecordingWriter(path)
    writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
    writer.close()
    writer.close()
    assert not writer.add_frame(2, 1.0, "camera", JPEG, SIZE)
    assert not writer.add_result(1, "mine", make_stored(), video="camera")
    assert (writer.frames, writer.dropped) == (1, 0)


class Stalled:
    """A disk that blocks writes until released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Event()
        self.stalls = threading.Event()
        self._write = writing._write_image
        monkeypatch.setattr(writing, "_write_image", self)

    def __call__(self, *arguments: object) -> None:
        self.stalls.set()
        self.go.wait()
        self._write(*arguments)  # type: ignore[arg-type]


def test_a_disk_that_is_too_slow_drops_whole_frames(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = make_stored(shape=(100, 100))
    monkeypatch.setattr(writing, "MAX_WAITING", 40_000)
    disk = Stalled(monkeypatch)
    with RecordingWriter(path) as writer:
        writer.add_frame(0, 0.0, "camera", JPEG, SIZE)
        # The first frame leaves the queue once the disk has it.
        assert disk.stalls.wait(60)
        taken = {
            number: [writer.add_frame(number, float(number), "camera", JPEG, SIZE)]
            + [writer.add_result(number, label, stored, video="camera") for label in "ab"]
            for number in range(1, 6)
        }
        assert taken[1] == [True, True, True]
        assert taken[2] == [True, True, False]
        dropped = writer.dropped
        disk.go.set()
    assert dropped == sum(answers != [True] * 3 for answers in taken.values())
    with Recording(path) as recording:
        whole = [number for number, answers in taken.items() if all(answers)]
        assert recording.ids.tolist() == [0, *whole]
        assert all(len(recording.read_at(1 + at).known) == 2 for at in range(len(whole)))


def test_what_waits_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_WAITING", 10_000)
    disk = Stalled(monkeypatch)
    with RecordingWriter(path) as writer:
        for number in range(1000):
            writer.add_frame(number, float(number), "camera", JPEG, SIZE)
            assert writer._waiting_bytes <= 10_000
        assert writer.dropped == 1000 - writer.frames > 900
        disk.go.set()


def test_a_full_disk_ends_the_recording_and_keeps_what_it_has(
    path: Path, committed: threading.Event
) -> None:
    writer = RecordingWriter(path)
    writer._database.execute("PRAGMA max_page_count = 30")
    writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
    assert committed.wait(60)
    assert writer.error is None
    writer.add_frame(2, 1.0, "camera", bytes(500_000), SIZE)
    writer._thread.join()
    assert "full" in str(writer.error)
    assert not writer.add_frame(3, 2.0, "camera", JPEG, SIZE)
    with pytest.raises(RecordingError, match=r"full.*start a new recording"):
        writer.close()
    writer.close()
    with Recording(path) as recording:
        assert recording.ids.tolist() == [1]


def test_threads_may_add_at_the_same_time(path: Path) -> None:
    with RecordingWriter(path) as writer:

        def add(video: str) -> None:
            for number in range(50):
                writer.add_frame(number, float(number), video, JPEG, SIZE)
                writer.add_result(number, "mine", make_stored(number), video=video)

        threads = [threading.Thread(target=add, args=(video,)) for video in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not writer._thread.is_alive()
    with Recording(path) as recording:
        assert recording.length == 200
        for index, number in enumerate(recording.ids.tolist()):
            assert_same(recording.read_at(index).known["mine"], make_stored(number))


@pytest.mark.parametrize("timestamp", [float("nan"), float("inf")])
def test_a_frame_needs_a_time(path: Path, timestamp: float) -> None:
    with (
        RecordingWriter(path) as writer,
        pytest.raises(InvalidOptionError, match="finite number of seconds"),
    ):
        writer.add_frame(1, timestamp, "camera", JPEG, SIZE)


def test_a_file_that_is_there_is_replaced_only_when_asked_to(path: Path) -> None:
    record(path, 3)
    with pytest.raises(ExistingFileError, match=r"lesson.bodyseg' exists already.*overwrite=True"):
        RecordingWriter(path)
    with RecordingWriter(path, overwrite=True) as writer:
        writer.add_frame(7, 0.0, "camera", JPEG, SIZE)
    with Recording(path) as recording:
        assert recording.ids.tolist() == [7]


def test_of_two_recordings_of_one_file_the_first_is_told_that_it_was_replaced(path: Path) -> None:
    told: list[RecordingError] = []
    first = RecordingWriter(path, on_error=told.append)
    first.add_frame(1, 0.0, "camera", JPEG, SIZE)
    with RecordingWriter(path, overwrite=True) as second:
        second.add_frame(2, 0.0, "camera", JPEG, SIZE)
    with pytest.raises(RecordingError, match=r"removed or replaced the file. What was .* is lost"):
        first.close()
    assert told == [first.error]
    with Recording(path) as recording:
        assert [*recording.ids] == [2]


def test_a_link_is_followed_to_the_recording(path: Path) -> None:
    link = path.with_name("link.bodyseg")
    link.symlink_to(path)
    with RecordingWriter(link) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
    assert link.is_symlink()
    with Recording(link) as recording:
        assert recording.path == link
        assert recording.length == 1


def test_what_an_old_recording_left_is_not_taken_for_the_new_ones(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"left by another one" * 1000)
    record(path, 2)
    with Recording(path) as recording:
        assert recording.length == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lesson.mp4", "must end in '.bodyseg', but got"),
        ("nowhere/lesson.bodyseg", r"folder '.*nowhere' of 'lesson\.bodyseg' does not exist"),
    ],
)
def test_an_impossible_path_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        RecordingWriter(tmp_path / name)


def test_a_file_that_is_not_there_says_so(path: Path) -> None:
    with pytest.raises(RecordingError, match="There is no file"):
        Recording(path)


def test_a_file_of_another_kind_says_so(path: Path) -> None:
    path.write_bytes(b"GIF89a, or something else of that kind" * 100)
    with pytest.raises(RecordingError, match="not a bodyseg-widgets recording"):
        Recording(path)


def test_another_database_says_so(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE frames (number INTEGER)")
    with pytest.raises(RecordingError, match="not a bodyseg-widgets recording"):
        Recording(path)


_ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS number, i AS id, 0.0 AS timestamp FROM n"
)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("frames", f"DROP TABLE frames; CREATE VIEW frames AS {_ENDLESS}"),
        (
            "pictures",
            "DROP TABLE pictures; CREATE TABLE pictures (frame, jpeg AS (zeroblob(1000000000)))",
        ),
        ("poses", "DROP TABLE poses"),
        ("planes", "DROP TABLE planes; CREATE VIEW planes AS SELECT * FROM results"),
        ("labels", "DROP TABLE labels"),
    ],
)
def test_a_table_that_is_computed_or_missing_is_refused(
    path: Path, table: str, change: str
) -> None:
    record(path, 3)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(change)
    with pytest.raises(RecordingError, match=f"its table '{table}' is missing, or computed"):
        Recording(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE results SET levels = ?", "cannot be unpacked"),
        ("UPDATE results SET level_height = 40000", "cannot have the"),
        ("UPDATE results SET picture_width = 7", "it is for an image of 7x4 pixels"),
        ("UPDATE results SET region_left = 6, region_width = 1", "is not in an image"),
        ("UPDATE results SET region_left = 'left'", "cannot be interpreted as an integer"),
    ],
)
def test_a_result_that_does_not_fit_is_told_with_its_frame(
    path: Path, change: str, reason: str
) -> None:
    record(path, 1)
    with closing(sqlite3.connect(path)) as database, database:
        # A few bytes, of which zlib would make 100 MB.
        bomb = zlib.compress(bytes(100_000_000), 9)
        database.execute(change, (bomb,) if "?" in change else ())
    with Recording(path) as recording, pytest.raises(SourceError, match=f"Frame 0 .*{reason}"):
        recording.read_at(0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE frames SET id = 'text'",
        "UPDATE frames SET timestamp = 9e999",
        "UPDATE meta SET value = x'00ff' WHERE key = 'schema_version'",
    ],
)
def test_lists_of_something_else_are_refused(path: Path, change: str) -> None:
    record(path, 3)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(change)
    with pytest.raises(RecordingError, match="is damaged or incomplete"):
        Recording(path)


def test_a_recording_of_a_newer_version_says_so(path: Path) -> None:
    record(path, 1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE meta SET value = '3' WHERE key = 'schema_version'")
    with pytest.raises(RecordingError, match=r"version 3 of the format.*Install a newer"):
        Recording(path)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.99])
def test_a_truncated_file_says_so(path: Path, share: float) -> None:
    record(path, 20)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(RecordingError, match="damaged or incomplete"):
        Recording(path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("UPDATE pictures SET jpeg = x'0102' WHERE frame = 1", "2 bytes are not a JPEG"),
        ("DELETE FROM pictures WHERE frame = 1", "its image is missing"),
        ("UPDATE results SET levels = x'0102' WHERE frame = 1", "a result is damaged"),
        ("UPDATE results SET level_width = 6 WHERE frame = 1", "a result is damaged"),
        ("UPDATE poses SET keypoints = x'0102' WHERE frame = 1", "a result is damaged"),
        ("UPDATE poses SET dtype = 'O' WHERE frame = 1", "a result is damaged"),
    ],
)
def test_a_damaged_picture_says_so_and_the_others_are_read(
    path: Path, damage: str, message: str
) -> None:
    with RecordingWriter(path) as writer:
        for number in range(3):
            writer.add_frame(number, float(number), "camera", JPEG, SIZE)
            writer.add_result(number, "mine", make_stored(number, people=1), video="camera")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(damage)
    with Recording(path) as recording:
        assert recording.read_at(0).index == 0
        with pytest.raises(SourceError, match=f"Frame 1 of 'lesson.bodyseg'.*{message}"):
            recording.read()
        following = recording.read()
        assert following is not None
        assert following.index == 2


def test_masks_are_stored_as_they_were_sent_and_read_however_zlib_compressed_them(
    path: Path,
) -> None:
    given = make_stored(7)
    with RecordingWriter(path) as writer:
        for number in range(2):
            writer.add_frame(number, float(number), "camera", JPEG, SIZE)
            writer.add_result(number, "mine", given, video="camera")
    otherwise = zlib.compress(given.levels.tobytes(), 9)
    with closing(sqlite3.connect(path)) as database, database:
        (stored,) = database.execute("SELECT levels FROM results WHERE frame = 0").fetchone()
        database.execute("UPDATE results SET levels = ? WHERE frame = 1", (otherwise,))
    assert stored == given.packed.data
    with Recording(path) as recording:
        for number in range(2):
            assert_same(recording.read_at(number).known["mine"], given)


def test_masks_of_wide_areas_take_little_room(path: Path) -> None:
    levels = np.zeros((256, 256), np.uint8)
    levels[64:192, 64:192] = 255
    stored = StoredResult(
        PackedLevels.of(levels), (480, 640), Region(0, 0, 640, 480), (), Timings()
    )
    with RecordingWriter(path) as writer:
        for number in range(20):
            writer.add_frame(number, float(number), "camera", JPEG, SIZE)
            writer.add_result(number, "mine", stored, video="camera")
    assert path.stat().st_size < 20 * levels.nbytes / 10


def test_a_killed_recording_opens_with_the_files_beside_it(
    path: Path, tmp_path: Path, committed: threading.Event
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", JPEG, SIZE)
        assert committed.wait(60)
        # The files that a kill at this moment leaves behind.
        for part in path.parent.glob("lesson.bodyseg*"):
            shutil.copy(part, copies)
    with Recording(copies / path.name) as recording:
        assert recording.ids.tolist() == [1]
