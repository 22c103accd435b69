"""A video that is written as it arrives, and made seekable at the end."""

from __future__ import annotations

import errno
import importlib
import io
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from bodyseg_widgets import ExistingFileError, InvalidOptionError, MissingDependencyError
from bodyseg_widgets.errors import RecordingError
from bodyseg_widgets.widgets.record.video_file import VideoFile, checked_name, new_target

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 7, 1, 12, 0, 30, tzinfo=UTC)
WEBM = "video/webm;codecs=vp9"


@pytest.fixture(scope="module")
def live_video() -> bytes:
    """A second of WebM as browsers record it: without length and index."""
    target = io.BytesIO()
    with av.open(target, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libvpx-vp9", rate=15, options={"cpu-used": "8"})
        stream.width = stream.height = 32
        for shade in range(15):
            picture = np.full((32, 32, 3), 16 * shade, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode(None))
    return target.getvalue()


def _target(folder: Path, name: str = "talk.webm", *, overwrite: bool = False) -> Path:
    return new_target(str(folder / name), NOON, overwrite=overwrite)


@pytest.mark.parametrize("path", ["talk.avi", "talk", "talk.webm.txt"])
def test_another_kind_of_file_is_refused(path: str) -> None:
    with pytest.raises(InvalidOptionError, match=rf"'.webm' or '.mp4'.*got '{path}'"):
        checked_name(path)


@pytest.mark.parametrize("path", ["", "talk.webm", "a/talk.MP4"])
def test_a_name_for_a_video_is_kept(path: str) -> None:
    assert checked_name(path) == path


def test_without_a_name_the_video_is_called_by_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert new_target("", NOON, overwrite=False) == tmp_path / "bodyseg-20260701-120030.webm"


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "talk.webm").write_bytes(b"dear")
    with pytest.raises(ExistingFileError, match=r"talk.webm' exists already.*overwrite=True"):
        _target(tmp_path)
    # Not even one created after the check.
    with pytest.raises(ExistingFileError, match="exists already"):
        VideoFile(tmp_path / "talk.webm", WEBM, overwrite=False)
    assert (tmp_path / "talk.webm").read_bytes() == b"dear"


def test_a_file_is_overwritten_where_that_was_asked_for(tmp_path: Path, live_video: bytes) -> None:
    (tmp_path / "talk.webm").write_bytes(b"old")
    file = VideoFile(_target(tmp_path, overwrite=True), WEBM, overwrite=True)
    file.append(live_video)
    assert (tmp_path / "talk.webm").read_bytes() == b"old"
    file.finish()
    with av.open(str(file.path)) as container:
        assert container.duration


def test_a_folder_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"folder .*nowhere' of 'talk.webm' does not exist"):
        _target(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(RecordingError, match=r"cannot be written to.*Choose another path"):
        _target(tmp_path)


def test_what_was_appended_is_on_the_disk_at_once(tmp_path: Path) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(b"first ")
    file.append(memoryview(b"second"))
    assert (tmp_path / "talk.recording.webm").read_bytes() == b"first second"
    assert file.size == 12
    file.close()


def test_a_finished_video_has_its_length_and_can_be_sought_in(
    tmp_path: Path, live_video: bytes
) -> None:
    with av.open(io.BytesIO(live_video)) as container:
        assert container.duration is None
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    for at in range(0, len(live_video), 100):
        file.append(live_video[at : at + 100])
    file.finish()
    with av.open(str(file.path)) as container:
        assert container.duration == pytest.approx(1e6, rel=0.1)
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [round(picture.mean() / 16) for picture in pictures] == [*range(15)]
    assert [each.name for each in tmp_path.iterdir()] == ["talk.webm"]
    assert file.size == file.path.stat().st_size


def test_what_a_killed_program_recorded_stays(tmp_path: Path, live_video: bytes) -> None:
    (tmp_path / "talk.recording.webm").write_bytes(b"of yesterday")
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(live_video)
    file.finish()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["talk.recording.webm", "talk.webm"]
    assert (tmp_path / "talk.recording.webm").read_bytes() == b"of yesterday"


def test_of_two_recordings_of_one_file_the_second_keeps_what_it_recorded(
    tmp_path: Path, live_video: bytes
) -> None:
    one, other = (VideoFile(_target(tmp_path), WEBM, overwrite=False) for _ in range(2))
    for file in (one, other):
        file.append(live_video)
    one.finish()
    with pytest.raises(RecordingError, match=r"exists already.*recorded is in .*recording \(2\)"):
        other.finish()
    assert other.path.read_bytes() == live_video


def test_an_mp4_is_made_of_the_same_pictures_and_then_the_recorded_file_goes(
    tmp_path: Path, live_video: bytes
) -> None:
    file = VideoFile(_target(tmp_path, "talk.mp4"), WEBM, overwrite=False)
    file.append(live_video)
    assert [each.name for each in tmp_path.iterdir()] == ["talk.recording.webm"]
    file.finish()
    assert [each.name for each in tmp_path.iterdir()] == ["talk.mp4"]
    with av.open(str(tmp_path / "talk.mp4")) as container:
        assert "mp4" in container.format.name
        assert container.streams.video[0].codec_context.name.endswith("vp9")
        assert sum(1 for _ in container.decode(video=0)) == 15


def test_a_video_that_was_cut_off_is_completed_as_far_as_it_goes(
    tmp_path: Path, live_video: bytes
) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(live_video[: len(live_video) * 2 // 3])
    file.finish()
    with av.open(str(file.path)) as container:
        assert 3 < sum(1 for _ in container.decode(video=0)) < 15


def test_what_cannot_be_completed_stays_as_it_was_recorded(tmp_path: Path) -> None:
    file = VideoFile(_target(tmp_path, "talk.mp4"), WEBM, overwrite=False)
    file.append(b"no video at all")
    with pytest.raises(
        RecordingError, match=r"talk.mp4 could not be completed: .*talk.recording.webm"
    ):
        file.finish()
    assert [each.name for each in tmp_path.iterdir()] == ["talk.recording.webm"]
    assert file.path.read_bytes() == b"no video at all"


def test_a_video_without_a_picture_says_so(tmp_path: Path, live_video: bytes) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    beginning = live_video.index(bytes.fromhex("1f43b675"))  # of the images, in Matroska
    file.append(live_video[: beginning + 20])
    with pytest.raises(RecordingError, match="cut off before its first frame was complete"):
        file.finish()
    assert [*tmp_path.iterdir()] == [file.path]


def test_a_recording_of_nothing_leaves_no_file(tmp_path: Path) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    with pytest.raises(RecordingError, match="Nothing was recorded"):
        file.finish()
    assert [*tmp_path.iterdir()] == []


class _FullDisk(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_named_and_what_was_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(b"before")
    real = file._file
    monkeypatch.setattr(file, "_file", _FullDisk())
    with pytest.raises(RecordingError, match=r"webm failed: No space left on device.*in .*"):
        file.append(b"after")
    real.close()
    assert file.path.read_bytes() == b"before"


def _refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EACCES, "Permission denied")


def test_a_name_that_the_system_does_not_take_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        RecordingError, match=r"cannot be created: File name too long. Choose another"
    ):
        _target(tmp_path, "a" * 300 + ".webm")


def test_an_empty_file_that_cannot_be_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    monkeypatch.setattr("pathlib.Path.unlink", _refuse)
    with pytest.raises(
        RecordingError,
        match=r"the empty file .*webm could not .*: Permission denied. Remove",
    ):
        file.finish()


def test_an_empty_file_that_someone_removed_is_no_trouble(tmp_path: Path) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.path.unlink()
    with pytest.raises(RecordingError, match="Nothing was recorded, so there is no file"):
        file.finish()


def test_a_file_that_cannot_be_closed_says_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(b"before")

    class Failing(io.BytesIO):
        def close(self) -> None:
            super().close()
            raise OSError(errno.EIO, "Input/output error")

    file._file.close()
    monkeypatch.setattr(file, "_file", Failing())
    with pytest.raises(RecordingError, match=r"talk.recording.webm failed: Input/output.* is in "):
        file.finish()
    assert file.path.read_bytes() == b"before"


def test_a_recorded_file_that_cannot_be_removed_is_named_and_the_video_is_there(
    tmp_path: Path, live_video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = VideoFile(_target(tmp_path, "talk.mp4"), WEBM, overwrite=False)
    file.append(live_video)
    unlink = type(tmp_path).unlink

    def keep_the_recorded(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == "talk.recording.webm":
            _refuse()
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr("pathlib.Path.unlink", keep_the_recorded)
    with pytest.raises(
        RecordingError, match=r"talk.recording.webm, of which talk.mp4 .*: Permission denied"
    ):
        file.finish()
    assert file.path == tmp_path / "talk.mp4"
    assert file.size == file.path.stat().st_size
    with av.open(str(file.path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 15


@pytest.fixture
def without_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module("builtins").__import__

    def refuse(name: str, *rest: object) -> object:
        if name == "av":
            raise ModuleNotFoundError("No module named 'av'", name="av")
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "av")
    monkeypatch.setattr("builtins.__import__", refuse)


@pytest.mark.usefixtures("without_pyav")
def test_an_mp4_needs_pyav(tmp_path: Path) -> None:
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[video\]"):
        _target(tmp_path, "talk.mp4")


@pytest.mark.usefixtures("without_pyav")
def test_a_webm_without_pyav_stays_as_it_was_recorded(tmp_path: Path, live_video: bytes) -> None:
    file = VideoFile(_target(tmp_path), WEBM, overwrite=False)
    file.append(live_video)
    with pytest.raises(MissingDependencyError, match="seekable video needs"):
        file.finish()
    assert file.path == tmp_path / "talk.webm"
    assert file.path.read_bytes() == live_video
