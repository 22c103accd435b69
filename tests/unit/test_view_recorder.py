"""The recorder's Python side, without a browser: a page's messages, and their effects."""

from __future__ import annotations

import errno
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from traitlets import TraitError

from bodyseg_widgets import (
    ExistingFileError,
    InvalidOptionError,
    MissingDependencyError,
    ViewRecorder,
)
from bodyseg_widgets.errors import RecordingError
from bodyseg_widgets.widgets.record import video_file, video_recording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Page:
    """The messages of a fake page named `name`."""

    def __init__(self, recorder: ViewRecorder, name: str = "page-1") -> None:
        self.recorder = recorder
        self.name = name
        self.heard: list[dict[str, Any]] = []
        recorder._channel.send = self._hear

    def say(self, kind: str, *buffers: bytes, **content: object) -> None:
        message = {"kind": kind, "recording": self.name, **content}
        self.recorder._channel._handle_custom_msg(message, [*map(memoryview, buffers)])

    def begin(self) -> None:
        self.say("ask", type="video/webm;codecs=vp9")

    def set(self, **state: object) -> None:
        """Like the button."""
        self.recorder.set_state(state)

    def _hear(self, content: dict[str, Any], buffers: object = None) -> None:
        assert buffers is None
        self.heard.append(content)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def recorder() -> Iterator[ViewRecorder]:
    recorder = ViewRecorder(path="talk.webm")
    yield recorder
    recorder.close()


@pytest.fixture
def page(recorder: ViewRecorder) -> Page:
    return Page(recorder)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks need not be video: completing copies them unchanged."""

    def copy(_: object, source: Path, target: Path, container_format: str) -> None:
        target.write_bytes(container_format.encode() + b":" + source.read_bytes())

    monkeypatch.setattr(video_file, "_copy_packets", copy)


def _wait(recorder: ViewRecorder) -> None:
    recording = recorder._current
    if recording is not None:
        recording.thread.join()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": "talk.avi"}, "path must end in '.webm' or '.mp4'.*got 'talk.avi'"),
        ({"rate": 0}, "rate must be 1 to 60 .* got 0"),
        ({"rate": 61}, "rate must be 1 to 60 .* got 61"),
    ],
)
def test_a_wrong_option_is_refused_with_the_choices(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        ViewRecorder(**options)


def test_a_recorder_that_refused_an_option_goes_on_with_the_old_one(
    recorder: ViewRecorder,
) -> None:
    for name, value in (("path", "talk.avi"), ("rate", 1000)):
        with pytest.raises(InvalidOptionError, match=name):
            setattr(recorder, name, value)
    with pytest.raises(TraitError, match="rate"):
        recorder.rate = "fast"
    assert (recorder.path, recorder.rate) == ("talk.webm", 15)


@pytest.mark.usefixtures("copied")
def test_parts_are_written_as_they_come_and_answered(
    recorder: ViewRecorder, page: Page, folder: Path
) -> None:
    recorder.start()
    assert (recorder.recording, recorder.state) == (True, "starting")
    page.begin()
    assert recorder.state == "recording"
    assert page.heard == [
        {"kind": "begin", "recording": "page-1", "type": "video/webm;codecs=vp9", "rate": 15}
    ]
    page.say("chunk", b"one ", seconds=0.5)
    page.say("chunk", b"two", seconds=1.0)
    assert (folder / "talk.recording.webm").read_bytes() == b"one two"
    assert (recorder.seconds, recorder.bytes) == (1.0, 7)
    assert page.heard[1:] == [
        {"kind": "written", "recording": "page-1", "bytes": 4},
        {"kind": "written", "recording": "page-1", "bytes": 7},
    ]
    recorder.stop()
    assert (recorder.recording, recorder.state) == (False, "finishing")
    page.say("chunk", b" three", seconds=1.2)
    page.say("end", message="")
    _wait(recorder)
    assert (recorder.state, recorder.message) == ("idle", "Saved talk.webm.")
    assert recorder.file == folder / "talk.webm"
    assert (folder / "talk.webm").read_bytes() == b"webm:one two three"
    assert recorder.bytes == 18


@pytest.mark.usefixtures("copied")
def test_the_button_starts_and_stops_as_python_does(recorder: ViewRecorder, page: Page) -> None:
    page.set(recording=True)
    assert recorder.state == "starting"
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    page.set(recording=False)
    page.say("end", message="")
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("idle", False)


@pytest.mark.usefixtures("copied")
def test_a_second_recording_needs_another_name(
    recorder: ViewRecorder, page: Page, folder: Path
) -> None:
    (folder / "talk.webm").write_bytes(b"dear")
    with pytest.raises(ExistingFileError, match="exists already"):
        recorder.start()
    assert (recorder.recording, recorder.state) == (False, "idle")
    page.set(recording=True)
    assert (recorder.recording, recorder.state) == (False, "failed")
    assert "talk.webm' exists already" in recorder.message
    recorder.start("other.webm")
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert (recorder.path, recorder.file) == ("other.webm", folder / "other.webm")
    assert (folder / "talk.webm").read_bytes() == b"dear"


def test_one_recording_at_a_time(recorder: ViewRecorder) -> None:
    recorder.start()
    with pytest.raises(RecordingError, match="still running"):
        recorder.start("other.webm")
    assert recorder.path == "talk.webm"


def test_the_kind_of_file_says_what_the_browser_is_asked_for(recorder: ViewRecorder) -> None:
    recorder.start()
    assert all("webm" in each for each in recorder._media_types)
    recorder.stop()
    _wait(recorder)
    recorder.start("talk.mp4")
    assert recorder._media_types[0] == "video/x-matroska;codecs=avc1"


@pytest.mark.usefixtures("copied")
def test_a_second_page_is_not_asked(recorder: ViewRecorder, page: Page, folder: Path) -> None:
    recorder.start()
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    page.name = "page-2"
    page.begin()
    page.say("chunk", b"two", seconds=0.5)
    assert page.heard[-1] == {"kind": "ended", "recording": "page-2"}
    assert (folder / "talk.recording.webm").read_bytes() == b"one"


def test_a_page_that_cannot_record_says_why(
    recorder: ViewRecorder, page: Page, folder: Path
) -> None:
    recorder.start()
    page.say("refuse", message="There is nothing to record.")
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert recorder.message == "There is nothing to record."
    assert [*folder.iterdir()] == []


def test_a_recorder_that_no_page_shows_gives_up(
    recorder: ViewRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_recording, "VISIBLE_PAGE_SILENCE", 0.01)
    recorder.start()
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert recorder.message.startswith("No visible page shows this recorder")


@pytest.mark.usefixtures("copied")
def test_a_page_that_is_gone_leaves_a_finished_file(
    recorder: ViewRecorder, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.start()
    page.begin()
    monkeypatch.setattr(video_recording, "VISIBLE_PAGE_SILENCE", 0.01)
    page.say("chunk", b"one", seconds=0.5)
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert recorder.message.startswith("The page was closed or reloaded")
    assert recorder.message.endswith("Saved talk.webm.")
    # If it was only asleep, it is told.
    page.say("chunk", b"two", seconds=9.0)
    assert page.heard[-1] == {"kind": "ended", "recording": "page-1"}


def test_a_hidden_page_is_given_more_time(recorder: ViewRecorder, page: Page) -> None:
    recorder.start()
    page.begin()
    page.say("heartbeat")
    assert recorder.state == "paused"
    assert recorder._current is not None
    assert recorder._current.lifeline._patience == video_recording.HIDDEN_PAGE_SILENCE
    page.say("chunk", b"one", seconds=0.5)
    assert recorder.state == "recording"
    assert recorder._current.lifeline._patience == video_recording.VISIBLE_PAGE_SILENCE


@pytest.mark.usefixtures("copied")
def test_a_full_disk_ends_the_recording_and_what_is_there_stays(
    recorder: ViewRecorder, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.start()
    page.begin()
    page.say("chunk", b"one", seconds=0.5)

    def fail(*_: object) -> int:
        raise RecordingError("Writing talk.webm failed: No space left on device.")

    assert recorder._current is not None
    monkeypatch.setattr(recorder._current.file, "append", fail)
    page.say("chunk", b"two", seconds=1.0)
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert "No space left on device" in recorder.message
    assert recorder.file is not None
    assert recorder.file.read_bytes() == b"webm:one"


def test_a_file_that_cannot_be_made_is_told(
    recorder: ViewRecorder, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    recorder.start()
    monkeypatch.setattr("pathlib.Path.open", fail)
    page.begin()
    _wait(recorder)
    assert recorder.state == "failed"
    assert "could not be made: Read-only file system" in recorder.message
    assert page.heard == []


def _refuse_what_is_there(path: Path, **_: object) -> None:
    if path.exists():
        raise OSError(errno.EACCES, "Permission denied")


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        ("talk.webm", b"", "Nothing was recorded, and the empty file"),
        ("talk.mp4", b"one", "Saved talk.mp4. The file .*talk.recording.webm, of which"),
    ],
)
def test_a_file_that_cannot_be_removed_is_told_and_another_can_be_recorded(
    recorder: ViewRecorder, monkeypatch: pytest.MonkeyPatch, name: str, part: bytes, words: str
) -> None:
    page = Page(recorder)
    recorder.start(name)
    page.begin()
    page.say("chunk", part, seconds=0.5)
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", _refuse_what_is_there)
        page.say("end", message="")
        _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert re.search(rf"{words}.*could not be removed: Permission denied", recorder.message)
    recorder.start("other.webm")
    page.begin()
    page.say("chunk", b"two", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert (recorder.state, recorder.message) == ("idle", "Saved other.webm.")


def test_whatever_goes_wrong_at_the_end_another_can_be_recorded(
    recorder: ViewRecorder, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(video_file, "_copy_packets", stumble)
    recorder.start()
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert (recorder.state, recorder.recording) == ("failed", False)
    assert recorder.message.startswith(
        "Saved talk.recording.webm. talk.webm could not be completed"
    )
    recorder.start("other.webm")
    assert recorder.state == "starting"


def test_a_name_that_the_system_does_not_take_is_told(recorder: ViewRecorder, page: Page) -> None:
    recorder.path = "a" * 300 + ".webm"
    page.set(recording=True)
    assert (recorder.recording, recorder.state) == (False, "failed")
    assert "File name too long" in recorder.message


def test_what_cannot_be_completed_is_told_with_the_file_that_is_there(
    recorder: ViewRecorder, page: Page, folder: Path
) -> None:
    recorder.start("talk.mp4")
    page.begin()
    page.say("chunk", b"no video", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert recorder.state == "failed"
    assert recorder.message.startswith("Saved talk.recording.webm. talk.mp4 could not be")
    assert recorder.file == folder / "talk.recording.webm"
    recorder.start("other.webm")
    page.begin()
    page.say("chunk", b"no video", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert recorder.state == "failed"
    assert recorder.message.startswith(
        "Saved other.recording.webm. other.webm could not be completed"
    )


def test_a_webm_is_recorded_without_pyav_and_says_what_it_lacks(
    recorder: ViewRecorder, page: Page, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def refuse(purpose: str) -> None:
        raise MissingDependencyError("av", extra="video", purpose=purpose)

    monkeypatch.setattr(video_file, "_load_av", refuse)
    with pytest.raises(MissingDependencyError, match="Recording to an MP4 file"):
        recorder.start("talk.mp4")
    recorder.start("talk.webm")
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    page.say("end", message="")
    _wait(recorder)
    assert recorder.state == "idle"
    assert recorder.message.startswith("Saved talk.webm. A seekable video needs")
    assert (folder / "talk.webm").read_bytes() == b"one"


@pytest.mark.usefixtures("copied")
def test_closing_completes_the_file_and_ends_the_thread(folder: Path) -> None:
    recorder = ViewRecorder(path="talk.webm")
    page = Page(recorder)
    recorder.start()
    page.begin()
    page.say("chunk", b"one", seconds=0.5)
    recorder.close()
    assert (folder / "talk.webm").read_bytes() == b"webm:one"
    assert recorder.file == folder / "talk.webm"
    assert not [each for each in threading.enumerate() if "view-recorder" in each.name]


def test_nothing_of_the_video_is_kept_in_memory(recorder: ViewRecorder, page: Page) -> None:
    recorder.start()
    page.begin()
    part = bytearray(1000)
    for number in range(20):
        page.say("chunk", part, seconds=number / 2)  # type: ignore[arg-type]
    # A buffer that is in use cannot be resized.
    part.clear()
    assert recorder.bytes == 20_000


def test_a_closed_recorder_begins_no_other_recording(folder: Path) -> None:
    recorder = ViewRecorder(path="talk.webm")
    recorder.close()
    with pytest.raises(RecordingError, match="closed"):
        recorder.start()
    assert not [each for each in threading.enumerate() if "view-recorder" in each.name]
    assert not any(folder.iterdir())
