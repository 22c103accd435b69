"""Saved files are links: the page reads them over the widget's comm, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets import SavedFiles, SourceError
from bodyseg_widgets.widgets.record import saved_files

if TYPE_CHECKING:
    from pathlib import Path


class Page:
    """A page that asks for parts of files."""

    def __init__(self, files: SavedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = files
        self.answers: list[tuple[dict[str, Any], list[bytes]]] = []
        monkeypatch.setattr(
            SavedFiles,
            "send",
            lambda _, message, buffers=(): self.answers.append((message, [*map(bytes, buffers)])),
        )

    @property
    def listed(self) -> list[dict[str, Any]]:
        """What it knows of the files."""
        return list(self.files.get_state()["_files"])

    def ask(self, file: str, offset: int = 0) -> tuple[dict[str, Any], list[bytes]]:
        """Ask for a part and return the answer."""
        message = {"kind": "read", "request": "r", "file": file, "offset": offset}
        self.files._handle_custom_msg(message, [])
        return self.answers[-1]


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.bodyseg"
    path.write_bytes(bytes(range(250)))
    return path


def test_the_page_is_told_name_size_and_folder(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = Page(SavedFiles(lesson), monkeypatch).listed
    assert (file["name"], file["size"], file["folder"]) == (
        "lesson.bodyseg",
        250,
        str(lesson.parent),
    )


def test_a_file_is_read_part_by_part(lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_files, "FILE_PART_BYTES", 100)
    page = Page(SavedFiles(lesson), monkeypatch)
    (file,) = page.listed
    parts = [page.ask(file["id"], offset) for offset in (0, 100, 200)]
    assert b"".join(part for _, buffers in parts for part in buffers) == lesson.read_bytes()
    assert parts[2][0] == {"kind": "part", "request": "r", "offset": 200, "size": 250}


def test_a_page_cannot_name_a_file_by_its_path(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(SavedFiles(), monkeypatch)
    for name in (str(lesson), lesson.name, ""):
        answer, buffers = page.ask(name)
        assert answer["kind"] == "unreadable"
        assert buffers == []


def test_a_file_that_was_removed_is_said_to_be(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(SavedFiles(lesson), monkeypatch)
    (file,) = page.listed
    lesson.unlink()
    answer, _ = page.ask(file["id"])
    assert answer["message"] == f"{str(lesson)!r} cannot be read: No such file or directory."


def test_a_file_that_is_saved_again_is_the_newest_with_its_size(
    lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = lesson.with_name("other.npz")
    other.write_bytes(b"12")
    files = SavedFiles(lesson, other)
    lesson.write_bytes(b"123")
    files.add(lesson)
    assert [(each["name"], each["size"]) for each in Page(files, monkeypatch).listed] == [
        ("other.npz", 2),
        ("lesson.bodyseg", 3),
    ]
    assert files.paths == (other, lesson)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="folder"):
        SavedFiles(tmp_path)
