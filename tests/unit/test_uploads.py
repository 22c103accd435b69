"""Files from the page are stored in chunks, and removed with the widget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets.widgets.source import uploads as module
from bodyseg_widgets.widgets.source.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.widgets.transport.messages import StoredMessage, UploadMessage


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Uploads]:
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path))
    made = Uploads(lambda: 100)
    yield made
    made.close()
    assert not any(tmp_path.iterdir())


def send(
    uploads: Uploads,
    chunk: bytes,
    *,
    offset: int,
    size: int,
    name: str = "clip.mp4",
    number: int = 1,
) -> StoredMessage:
    message: UploadMessage = {
        "kind": "upload",
        "page": "page",
        "upload": number,
        "name": name,
        "size": size,
        "offset": offset,
    }
    return uploads.add(message, [memoryview(chunk)])


def path_in(answer: StoredMessage) -> Path:
    return Path(answer["path"])


def test_a_file_comes_in_chunks_and_is_whole_with_the_last(uploads: Uploads) -> None:
    first = send(uploads, b"abc", offset=0, size=5)
    assert first == {"kind": "stored", "page": "page", "upload": 1, "done": 3}
    last = send(uploads, b"de", offset=3, size=5)
    assert last["done"] == 5
    assert path_in(last).read_bytes() == b"abcde"
    assert path_in(last).name == "clip.mp4"


def test_only_the_last_file_is_kept(uploads: Uploads) -> None:
    first = path_in(send(uploads, b"a", offset=0, size=1))
    second = path_in(send(uploads, b"b", offset=0, size=1, number=2))
    assert not first.exists()
    assert second.read_bytes() == b"b"
    uploads.close()
    assert not second.exists()


def test_a_file_whose_place_was_taken_is_told_so(uploads: Uploads) -> None:
    send(uploads, b"a", offset=0, size=2)
    send(uploads, b"b", offset=0, size=2, number=2)
    late = send(uploads, b"a", offset=1, size=2)
    assert late["message"] == "Another file was chosen in the meantime."
    assert path_in(send(uploads, b"b", offset=1, size=2, number=2)).read_bytes() == b"bb"


def test_chunks_that_are_sent_again_change_nothing(uploads: Uploads) -> None:
    for offset, chunk in [(0, b"abc"), (0, b"abc"), (3, b"def"), (0, b"abc"), (3, b"def")]:
        answer = send(uploads, chunk, offset=offset, size=8)
        assert answer["done"] == offset + 3
    path = path_in(send(uploads, b"gh", offset=6, size=8))
    for offset, chunk in [(0, b"abc"), (6, b"gh")]:
        again = send(uploads, chunk, offset=offset, size=8)
        assert (again["done"], path_in(again)) == (8, path)
    assert path.read_bytes() == b"abcdefgh"


def test_a_beginning_that_comes_late_is_not_taken_for_a_new_file(uploads: Uploads) -> None:
    path = path_in(send(uploads, b"new", offset=0, size=3, number=2))
    late = send(uploads, b"old", offset=0, size=3, number=1)
    assert late["message"] == "Another file was chosen in the meantime."
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\clip.mp4", "clip.mp4"),
        ("/", "upload"),
        ("", "upload"),
        ("Grüße 1.mp4", "Grüße 1.mp4"),
        ("視" * 100 + ".mp4", "視" * 83 + ".mp4"),
    ],
)
def test_a_name_is_no_way_out_of_the_folder(
    uploads: Uploads, tmp_path: Path, name: str, stored: str
) -> None:
    path = path_in(send(uploads, b"a", offset=0, size=1, name=name))
    assert path.name == stored
    assert path.parent.parent == tmp_path


@pytest.mark.parametrize("name", ["..", "a\0b"])
def test_a_name_that_no_file_can_have_is_said(uploads: Uploads, name: str) -> None:
    answer = send(uploads, b"a", offset=0, size=1, name=name)
    assert "could not be stored on the kernel's computer" in str(answer["message"])
    assert path_in(send(uploads, b"a", offset=0, size=1, number=2)).exists()


def test_a_disk_without_room_is_said(uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk:
        name = "clip.mp4"

        closed = False

        def seek(self, _: int) -> None:
            pass

        def write(self, _: bytes) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    send(uploads, b"a", offset=0, size=2)
    uploads._file.close()  # type: ignore[union-attr]
    monkeypatch.setattr(uploads, "_file", FullDisk())
    answer = send(uploads, b"a", offset=1, size=2)
    assert "No space left on device" in str(answer["message"])


def test_once_closed_nothing_is_stored(uploads: Uploads) -> None:
    uploads.close()
    answer = send(uploads, b"abc", offset=0, size=3)
    assert "closed" in answer["message"]


@pytest.mark.parametrize("offset", [-1, 4, 2**40])
def test_a_file_gets_no_holes(uploads: Uploads, offset: int) -> None:
    send(uploads, b"abc", offset=0, size=10)
    answer = send(uploads, b"d", offset=offset, size=10)
    assert answer["message"] == "A part of the file is missing. Choose it again."


def test_a_file_over_the_limit_is_refused_and_not_stored(uploads: Uploads, tmp_path: Path) -> None:
    answer = send(uploads, b"abc", offset=0, size=101)
    assert "more than the 0 MB that this source takes" in answer["message"]
    assert not any(tmp_path.iterdir())
