"""Files are written completely or not at all, and never replace another one unless requested."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from bodyseg_widgets import (
    BodySegError,
    ExistingFileError,
    InvalidOptionError,
    RecordingError,
    save_poses,
)
from bodyseg_widgets.files import check_target, written_whole
from bodyseg_widgets.streaming import StreamLog

if TYPE_CHECKING:
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
