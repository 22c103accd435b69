"""Downloads of known files: the right ones or none, and going on where they were interrupted."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets.downloads import DownloadError, contents, fetch_known
from bodyseg_widgets.files import begun_part_of
from tests.file_server import FileServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Fetch = Callable[..., list[int]]

CONTENT = bytes(range(256)) * 1000
HALF = len(CONTENT) // 2


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "*")
    with serving() as server:
        server.files["/weights.bin"] = CONTENT
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "weights.bin"


@pytest.fixture
def fetched(server: FileServer, target: Path) -> Fetch:
    def fetch(*, canceled_soon: bool = False) -> list[int]:
        told: list[int] = []
        fetch_known(
            f"{server.address}/weights.bin",
            target,
            size=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            progress=told.append,
            cancelled=lambda: canceled_soon and bool(told),
        )
        return told

    return fetch


def interrupt(server: FileServer, fetched: Fetch) -> None:
    server.breaks_after = HALF
    with pytest.raises(DownloadError, match="broke after"):
        fetched()
    server.breaks_after = None
    server.asked.clear()


def test_a_known_file_is_there_whole_and_alone(fetched: Fetch, target: Path) -> None:
    told = fetched()
    assert target.read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)
    assert [*target.parent.iterdir()] == [target]


def test_an_interrupted_download_leaves_no_file_and_goes_on_where_it_ended(
    server: FileServer, fetched: Fetch, target: Path
) -> None:
    interrupt(server, fetched)
    assert not target.exists()
    told = fetched()
    assert server.asked == [("/weights.bin", HALF)]
    assert told[0] > HALF
    assert target.read_bytes() == CONTENT
    assert [*target.parent.iterdir()] == [target]


@pytest.mark.parametrize("ranges", ["unknown", "others"])
def test_a_server_that_cannot_go_on_there_sends_all_again(
    server: FileServer, fetched: Fetch, target: Path, ranges: str
) -> None:
    interrupt(server, fetched)
    server.ranges = ranges
    fetched()
    assert target.read_bytes() == CONTENT


def test_a_download_that_ended_before_its_check_is_checked_and_not_sent_again(
    server: FileServer, fetched: Fetch, target: Path
) -> None:
    target.parent.mkdir()
    with begun_part_of(target) as part:
        part.path.write_bytes(CONTENT)
    fetched()
    assert server.asked == []
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("size", [100, len(CONTENT), 2 * len(CONTENT)])
def test_what_was_begun_with_other_contents_is_not_used(
    fetched: Fetch, target: Path, size: int
) -> None:
    target.parent.mkdir()
    with begun_part_of(target) as part:
        part.path.write_bytes(b"?" * size)
    if size <= len(CONTENT):
        with pytest.raises(DownloadError, match="nothing of it was kept"):
            fetched()
        assert [*target.parent.iterdir()] == []
    fetched()
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CONTENT[::-1], r"differs from what is known of it \(SHA-256 .*Does a proxy change"),
        (CONTENT + b"!", "has more than the 256000 bytes that are known of it"),
        (b"\n<!DOCTYPE html><html></html>", "is a web page"),
    ],
)
def test_wrong_contents_are_said_and_not_kept_and_the_file_before_stays(
    server: FileServer, fetched: Fetch, target: Path, content: bytes, message: str
) -> None:
    target.parent.mkdir()
    target.write_bytes(b"before")
    server.files["/weights.bin"] = content
    with pytest.raises(DownloadError, match=message):
        fetched()
    assert target.read_bytes() == b"before"
    server.files["/weights.bin"] = CONTENT
    fetched()
    assert target.read_bytes() == CONTENT


def test_a_file_that_is_shorter_at_the_server_is_no_file(
    server: FileServer, fetched: Fetch, target: Path
) -> None:
    server.files["/weights.bin"] = CONTENT[:HALF]
    for _ in range(2):
        with pytest.raises(DownloadError, match=f"ended after {HALF} of {len(CONTENT)} bytes"):
            fetched()
    assert not target.exists()


def test_what_came_before_it_was_canceled_is_there_the_next_time(
    server: FileServer, fetched: Fetch, target: Path
) -> None:
    with pytest.raises(DownloadError, match="was canceled"):
        fetched(canceled_soon=True)
    assert not target.exists()
    fetched()
    assert [start > 0 for _, start in server.asked] == [False, True]
    assert target.read_bytes() == CONTENT


def test_a_disk_without_room_is_said_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, fetched: Fetch, target: Path
) -> None:
    usage = namedtuple("usage", "free")  # noqa: PYI024 - as shutil's
    monkeypatch.setattr(contents.shutil, "disk_usage", lambda _: usage(free=1000))
    with pytest.raises(DownloadError, match=r"only 0 MB free .* Free some space"):
        fetched()
    assert not target.exists()


def test_on_a_disk_that_gets_full_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, fetched: Fetch, target: Path
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DownloadError, match=r"could not be saved in .*Free some space"):
        fetched()
    assert [*target.parent.iterdir()] == []


def test_two_do_not_write_the_same_file(fetched: Fetch, target: Path) -> None:
    target.parent.mkdir()
    with (
        begun_part_of(target),
        pytest.raises(DownloadError, match="Another program is downloading"),
    ):
        fetched()
    fetched()
    assert target.read_bytes() == CONTENT
