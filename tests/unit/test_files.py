"""Files are written completely or not at all, and never replace another one unless requested."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from bodyseg_widgets import (
    BodySegError,
    ExistingFileError,
    InvalidOptionError,
    RecordingError,
    SavedFiles,
    Snapshot,
    SourceError,
    UnwritableFileError,
    files,
    save_poses,
)
from bodyseg_widgets.files import (
    check_target,
    existing_file,
    given_path,
    part_of,
    shortened,
    written_whole,
)
from bodyseg_widgets.streaming import Recording, StreamLog
from bodyseg_widgets.streaming.sources import VideoFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_file_is_there_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with written_whole(path, overwrite=False) as part:
        part.write_text("all")
        assert part.parent == tmp_path
        assert not path.exists()
    assert path.read_text() == "all"
    assert [*tmp_path.iterdir()] == [path]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(part: Path) -> None:
        part.write_text("half of it")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), written_whole(path, overwrite=True) as part:
        fail(part)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_an_existing_file_is_replaced_only_when_asked_to(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ExistingFileError) as caught, written_whole(path, overwrite=False):
        pass
    assert str(caught.value) == (
        f"{str(path)!r} exists already. Choose another path, or replace it with overwrite=True."
    )
    assert isinstance(caught.value, FileExistsError)
    assert isinstance(caught.value, BodySegError)
    with written_whole(path, overwrite=True) as part:
        part.write_text("new")
    assert path.read_text() == "new"


def test_a_file_that_someone_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(ExistingFileError), written_whole(path, overwrite=False):
        path.write_text("theirs")
    assert path.read_text() == "theirs"
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ExistingFileError, match=r"is a folder\. Choose another path"):
        check_target(tmp_path, overwrite=True)


def test_a_file_may_be_read_by_whom_any_new_file_may_be(tmp_path: Path) -> None:
    path, plain = tmp_path / "a.txt", tmp_path / "plain.txt"
    with written_whole(path, overwrite=False) as part:
        part.write_text("all")
    plain.write_text("all")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("refusal", [InvalidOptionError, RecordingError])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("later/a.txt", r"folder '.*later' of 'a\.txt' does not exist\. Create it"),
        ("a" * 300, r"cannot be created: File name too long\. Choose another"),
    ],
)
def test_an_impossible_path_is_refused(
    tmp_path: Path, name: str, message: str, refusal: type[BodySegError]
) -> None:
    with pytest.raises(refusal, match=message):
        check_target(tmp_path / name, overwrite=True, refusal=refusal)


def test_a_folder_that_cannot_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(InvalidOptionError, match=r"cannot be written to.*Choose another path"):
        check_target(tmp_path / "a.txt", overwrite=True)


def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o604)
    with written_whole(path, overwrite=True) as part:
        part.write_text("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_where_there_is_a_link_the_file_behind_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    real, link = tmp_path / "data" / "real.txt", tmp_path / "link.txt"
    link.symlink_to(real)
    for text in ("first", "second"):
        with written_whole(link, overwrite=text == "second") as part:
            part.write_text(text)
        assert link.is_symlink()
        assert real.read_text() == text
    assert [*real.parent.iterdir()] == [real]


@pytest.mark.parametrize("made", [os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_what_is_no_file_is_never_replaced(tmp_path: Path, made: Callable[[Path], object]) -> None:
    path = tmp_path / "a.txt"
    made(path)
    with pytest.raises(ExistingFileError, match=r"is a (pipe|device)\. Choose another path"):
        check_target(path, overwrite=True)


def test_of_many_who_write_one_file_one_succeeds_and_the_others_are_told(tmp_path: Path) -> None:
    path, all_there = tmp_path / "a.txt", threading.Barrier(8)
    told: list[str] = []

    def write(text: str) -> None:
        try:
            with written_whole(path, overwrite=False) as part:
                part.write_text(text)
                all_there.wait()
            told.append(text)
        except ExistingFileError:
            told.append("exists")

    threads = [threading.Thread(target=write, args=(f"text {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["exists"] * 7 + [path.read_text()]
    assert [*tmp_path.iterdir()] == [path]


_KILLED = """
import os, pathlib, sys
from bodyseg_widgets.files import written_whole
with written_whole(pathlib.Path(sys.argv[1]), overwrite=False) as part:
    part.write_text("half of it")
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_goes_with_the_next_write_and_no_other_part(
    tmp_path: Path,
) -> None:
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            _KILLED,
            str(tmp_path / "a.txt"),
        ],
        check=False,
    )
    assert killed.returncode == -9
    (leftover,) = tmp_path.iterdir()
    with written_whole(tmp_path / "other.txt", overwrite=False) as others:
        others.write_text("all of the other")
        with written_whole(tmp_path / "a.txt", overwrite=False) as part:
            part.write_text("all")
            assert not leftover.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.txt", "other.txt"]
    assert (tmp_path / "other.txt").read_text() == "all of the other"


def test_an_error_of_the_system_names_its_reason_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr("os.fsync", fail)
    with (
        pytest.raises(UnwritableFileError, match=r"exceeded\. Free some of your space.*Nothing"),
        written_whole(tmp_path / "a.txt", overwrite=False) as part,
    ):
        part.write_text("all")
    assert [*tmp_path.iterdir()] == []


def test_a_name_as_long_as_the_system_takes_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".txt")
    with written_whole(path, overwrite=False) as part:
        part.write_text("all")
    assert [*tmp_path.iterdir()] == [path]


def test_a_whole_file_can_be_put_beside_the_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 251 + ".txt")
    path.write_text("theirs")
    with part_of(path) as part:
        part.path.write_text("mine")
        with pytest.raises(ExistingFileError):
            part.place(overwrite=False)
        beside = part.place_beside()
    assert beside.name == "a" * 247 + " (2).txt"
    assert (path.read_text(), beside.read_text()) == ("theirs", "mine")


def test_a_tilde_is_the_home_folder_only_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert given_path("~/a.txt") == tmp_path / "a.txt"
    for name in ("~copy.txt", "~nouser/a.txt"):
        assert given_path(name) == tmp_path / name
    (tmp_path / "~copy.txt").write_text("a copy")
    assert existing_file("~copy.txt") == tmp_path / "~copy.txt"


@pytest.mark.parametrize("refusal", [SourceError, InvalidOptionError])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent.txt", r"no file 'absent\.txt' \(looked in '.*'\)\. Check the path"),
        ("full.txt/a", "no file"),
        ("a" * 300, "cannot be read: File name too long"),
        ("a\0b", r"'a\\x00b' has a NUL character in it, .* Remove it"),
        (b"full.txt", "as text, but got bytes: decode it"),
        (".", r"is a folder\. Choose a file in it"),
        ("pipe", r"is a pipe\. Choose a file\."),
        ("/dev/zero", r"is a device\. Choose a file"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
        ("empty.txt", r"is empty: it has 0 bytes"),
    ],
)
def test_what_cannot_be_read_as_a_file_is_refused_at_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    message: str,
    refusal: type[BodySegError],
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "full.txt").write_text("full")
    with pytest.raises(refusal, match=message):
        existing_file(path, refusal=refusal)


@pytest.mark.parametrize("path", [None, 5, b"clip.mp4"])
@pytest.mark.parametrize("door", [existing_file, VideoFile, Recording, Snapshot.load, SavedFiles])
def test_what_is_no_path_is_refused(door: Callable[[Any], object], path: object) -> None:
    with pytest.raises(BodySegError, match=r"Expect a path as text.* but got"):
        door(path)


def test_without_a_working_folder_only_whole_paths_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("all")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SourceError, match=r"the working folder was removed. Change to another"):
        existing_file("a.txt")
    assert existing_file(tmp_path / "a.txt").read_text() == "all"


def test_a_shortened_name_keeps_its_extension_and_whole_characters() -> None:
    assert shortened("short.mp4") == "short.mp4"
    assert shortened("視" * 100 + ".mp4") == "視" * 83 + ".mp4"
    assert len(os.fsencode(shortened("a" * 300 + "." + "b" * 300))) == 255


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_replace_a_file_only_when_asked_to(tmp_path: Path, suffix: str) -> None:
    path, log = tmp_path / f"table{suffix}", StreamLog()
    table = pd.DataFrame({"a": [1]})
    for save in (
        lambda **options: save_poses(table, path, **options),
        lambda **options: log.save(path, **options),
        lambda **options: log.save_agreement(path, **options),
    ):
        path.write_bytes(b"old")
        with pytest.raises(ExistingFileError, match=rf"table{suffix}' exists already"):
            save()
        assert path.read_bytes() == b"old"
        assert save(overwrite=True).read_bytes() != b"old"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("looked_for", [True, False], ids=["looked for", "comes later"])
def test_on_a_disk_without_links_too_the_file_of_another_writer_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, looked_for: bool
) -> None:
    ours, taken = tmp_path / "ours.txt", tmp_path / "taken.txt"

    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    def write_both() -> None:
        with written_whole(taken, overwrite=False) as part:
            part.write_text("ours")
            taken.write_text("theirs")

    monkeypatch.setattr(os, "link", link)
    with written_whole(ours, overwrite=False) as part:
        part.write_text("ours")
    assert ours.read_text() == "ours"
    if not looked_for:
        monkeypatch.setattr(files, "check_free", lambda *_, **__: None)
    with pytest.raises(ExistingFileError):
        write_both()
    assert taken.read_text() == "theirs"
